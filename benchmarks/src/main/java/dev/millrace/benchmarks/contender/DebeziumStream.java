package dev.millrace.benchmarks.contender;

/// Debezium's engine follows the log from the slot's position; every event is counted and thrown away.
final class DebeziumStream implements Contender {

    @Override
    public String name() {
        return "debezium";
    }

    @Override
    public String title() {
        return "Debezium streaming, thrown away";
    }

    @Override
    public void run(Assignment assignment, Stopwatch watch) throws Exception {
        DebeziumRun.run(DebeziumSettings.stream(assignment), assignment, watch);
    }
}
