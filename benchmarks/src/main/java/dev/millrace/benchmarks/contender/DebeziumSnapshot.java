package dev.millrace.benchmarks.contender;

/// Debezium's engine takes its initial snapshot of the table; every event is counted and thrown away.
final class DebeziumSnapshot implements Contender {

    @Override
    public String name() {
        return "debezium";
    }

    @Override
    public String title() {
        return "Debezium snapshot, thrown away";
    }

    @Override
    public void run(Assignment assignment, Stopwatch watch) throws Exception {
        DebeziumRun.run(DebeziumSettings.snapshot(assignment), assignment, watch);
    }
}
