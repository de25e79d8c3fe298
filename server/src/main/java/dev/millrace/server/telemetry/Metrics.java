package dev.millrace.server.telemetry;

import dev.millrace.core.run.RunEvent;
import dev.millrace.server.ControlPlane;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.connection.Standing;
import dev.millrace.server.run.ActiveRun;
import dev.millrace.server.run.RunLog;
import dev.millrace.worker.progress.RunPicture.Following;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;

/// What is measured of connections and this process, in Prometheus's text. Names and meanings are in docs/operating/metrics.md.
public final class Metrics implements AutoCloseable {

    private final ControlPlane plane;
    private final SlotWatch slots;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collector = new JvmGcMetrics();
    private final List<ByConnection> gauges = new ArrayList<>();

    /// By connection. A prefix never changes, and runs tell of themselves several times a second.
    private final Map<String, String> prefixes = new ConcurrentHashMap<>();

    /// A value that each connection has, or has not.
    @FunctionalInterface
    private interface Reading {
        OptionalDouble of(ConnectionRecord connection, Standing standing, Optional<ActiveRun> run);
    }

    private record ByConnection(MultiGauge gauge, Reading reading) {}

    /// Begins to measure.
    public Metrics(ControlPlane plane, SlotWatch slots) {
        this.plane = plane;
        this.slots = slots;
        new JvmMemoryMetrics().bindTo(registry);
        collector.bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        Gauge.builder("millrace.runs.active", () -> plane.conductor().active().size()).description("Runs that go on in this process").register(registry);
        plane.conductor().observe(this::on);
        plane.log().listen(this::on);
        gauge("millrace.connection.paused", "1 while it is paused", (connection, _, _) -> OptionalDouble.of(connection.paused() ? 1 : 0));
        gauge("millrace.connection.broken", "1 while somebody has to do something", (_, standing, _) -> OptionalDouble.of(standing.setup() == Standing.Setup.BROKEN ? 1 : 0));
        gauge("millrace.connection.failures", "Runs in a row that failed", (_, standing, _) -> OptionalDouble.of(standing.failures()));
        gauge("millrace.connection.succeeded.seconds", "When a run last reached its goal (seconds since 1970)", (_, standing, _) -> moment(standing.succeeded()));
        gauge("millrace.connection.running", "1 while a run goes on in this process", (_, _, run) -> OptionalDouble.of(run.isPresent() ? 1 : 0));
        gauge("millrace.lag.bytes", "Log between the copy and the source's end", (connection, _, run) -> lagBytes(connection, run));
        gauge("millrace.lag.seconds", "Age of the latest commit in the copy, while there is log that it lacks", (_, _, run) -> lagSeconds(run));
        gauge("millrace.slot.wal.held.bytes", "Log that the slot keeps on the source's disk", (connection, _, _) -> held(connection));
    }

    private void gauge(String name, String description, Reading reading) {
        gauges.add(new ByConnection(MultiGauge.builder(name).description(description).register(registry), reading));
    }

    private static OptionalDouble moment(Optional<Instant> at) {
        return at.map(moment -> OptionalDouble.of(moment.toEpochMilli() / 1_000.0)).orElse(OptionalDouble.empty());
    }

    private OptionalDouble lagBytes(ConnectionRecord connection, Optional<ActiveRun> run) {
        Optional<Long> running = run.map(going -> going.picture().following().lagBytes()).filter(bytes -> bytes >= 0);
        return running.or(() -> slots.of(connection.id()).flatMap(seen -> seen.status().confirmed().map(seen.status().logEnd()::bytesSince)))
                .map(bytes -> OptionalDouble.of(Math.max(0, bytes)))
                .orElse(OptionalDouble.empty());
    }

    private OptionalDouble lagSeconds(Optional<ActiveRun> run) {
        Optional<Following> following = run.map(going -> going.picture().following());
        if (following.isEmpty() || following.get().lagBytes() < 0) {
            return OptionalDouble.empty();
        }
        Instant now = plane.connections().clock().instant();
        return following.get().lagBytes() == 0
                ? OptionalDouble.of(0)
                : following.get().committedAt().map(at -> OptionalDouble.of(Duration.between(at, now).toMillis() / 1_000.0)).orElse(OptionalDouble.empty());
    }

    private OptionalDouble held(ConnectionRecord connection) {
        return slots.of(connection.id()).map(seen -> OptionalDouble.of(seen.status().heldBytes())).orElse(OptionalDouble.empty());
    }

    private void on(ActiveRun run, RunEvent event) {
        String id = run.record().connectionId();
        switch (event) {
            case RunEvent.RangeLoaded loaded -> counter("millrace.rows.copied", "Rows of copies that became durable", id).increment(loaded.rows());
            case RunEvent.CopyProgressed progressed -> counter("millrace.bytes.read", "Bytes that were read from the source", id).increment(progressed.bytes());
            case RunEvent.BatchWritten written -> {
                counter("millrace.batches.written", "Batches that became durable", id).increment();
                counter("millrace.changes.written", "Changes that became durable", id).increment(written.changes());
                counter("millrace.bytes.read", "Bytes that were read from the source", id).increment(written.bytes());
            }
            case RunEvent.CopyStarted _, RunEvent.TableCopied _, RunEvent.TablePublished _, RunEvent.TableLeftOut _, RunEvent.TableWarned _,
                    RunEvent.CopyBegunAnew _, RunEvent.AllBegunAnew _, RunEvent.TableConverted _, RunEvent.TableAltered _, RunEvent.TableForgotten _, RunEvent.ColumnWidened _,
                    RunEvent.LagMeasured _ -> {}
        }
    }

    private void on(RunLog.Event event) {
        if (event.name().equals("sync_end")) {
            counter("millrace.runs.ended", "Runs that ended", event.connectionId(), "status", event.data().path("status").asString("")).increment();
        } else if (event.name().equals("error") || event.data().path("type").asString("").equals("retry")) {
            counter("millrace.faults", "Faults that were met", event.connectionId(), "kind", event.data().path("code").asString("")).increment();
        }
    }

    private Counter counter(String name, String description, String connection, String... more) {
        String prefix = prefixes.computeIfAbsent(connection, id -> plane.connections().find(id).map(ConnectionRecord::schemaPrefix).orElse(""));
        return Counter.builder(name).description(description).tags("connection", connection, "schema_prefix", prefix).tags(more).register(registry);
    }

    /// All of it now, in Prometheus's text.
    public String scrape() {
        List<ConnectionRecord> connections = plane.connections().all();
        for (ByConnection one : gauges) {
            List<MultiGauge.Row<?>> rows = new ArrayList<>();
            for (ConnectionRecord connection : connections) {
                OptionalDouble value = one.reading().of(connection, plane.connections().standing(connection.id()), plane.conductor().active(connection.id()));
                value.ifPresent(number -> rows.add(MultiGauge.Row.of(Tags.of("connection", connection.id(), "schema_prefix", connection.schemaPrefix()), number)));
            }
            one.gauge().register(rows, true);
        }
        return registry.scrape();
    }

    @Override
    public void close() {
        collector.close();
        registry.close();
    }
}
