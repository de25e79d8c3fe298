package dev.millrace.benchmarks.contender;

/// Millrace's first copy of the table into a DuckDB file: read, written, published and durable.
final class MillraceCopy implements Contender {

    @Override
    public String name() {
        return "millrace";
    }

    @Override
    public String title() {
        return "Millrace into DuckDB";
    }

    @Override
    public void run(Assignment assignment, Stopwatch watch) {
        watch.stop(MillraceRun.upToNow(assignment).rowsCopied());
    }
}
