package dev.millrace.benchmarks.contender;

/// Millrace catching up with the log into a DuckDB file that holds the table as it was: read, merged and durable.
final class MillraceLog implements Contender {

    @Override
    public String name() {
        return "millrace";
    }

    @Override
    public String title() {
        return "Millrace into DuckDB";
    }

    @Override
    public void prepare(Assignment assignment) {
        MillraceRun.upToNow(assignment);
    }

    @Override
    public void run(Assignment assignment, Stopwatch watch) {
        watch.stop(MillraceRun.upToNow(assignment).changes());
    }
}
