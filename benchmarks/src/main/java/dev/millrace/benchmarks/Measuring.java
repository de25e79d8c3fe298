package dev.millrace.benchmarks;

import dev.millrace.benchmarks.contender.Assignment;
import dev.millrace.benchmarks.contender.Contender;
import dev.millrace.benchmarks.contender.ContenderProcess;
import dev.millrace.benchmarks.contender.Reading;
import dev.millrace.benchmarks.report.Measure;
import dev.millrace.benchmarks.workload.Lineitem;
import dev.millrace.benchmarks.workload.Orders;
import dev.millrace.benchmarks.workload.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/// Carries out a plan on a running server, one contender after the other and never two at once.
final class Measuring {

    private static final String COPY_DATABASE = "bench_copy";
    private static final String LOG_DATABASE = "bench_log";
    private static final String PUBLICATION = "bench";

    private final Plan plan;
    private final BenchmarkServer server;
    private final Consumer<String> progress;
    private final List<Measure> measures = new ArrayList<>();

    /// For one call of [#run].
    ///
    /// @param progress is told in a line what happens next or has happened
    Measuring(Plan plan, BenchmarkServer server, Consumer<String> progress) {
        this.plan = plan;
        this.server = server;
        this.progress = progress;
    }

    /// Measures everything; returns the measures in the order in which they were taken.
    ///
    /// @throws IOException if a contender failed
    List<Measure> run() throws IOException, SQLException, InterruptedException {
        if (plan.parts().contains(Part.COPY)) {
            copy();
        }
        if (plan.parts().contains(Part.LOG)) {
            log();
        }
        return List.copyOf(measures);
    }

    private void copy() throws IOException, SQLException, InterruptedException {
        progress.accept("Making %s with %,d rows, unless it is there".formatted(Lineitem.TABLE, plan.rows(Part.COPY)));
        server.ensureDatabase(COPY_DATABASE);
        server.dropSlots(COPY_DATABASE);
        try (Connection session = server.session(COPY_DATABASE)) {
            plan.lineitem().make(session);
        }
        for (int round = 1; round <= plan.rounds(); round++) {
            for (Contender contender : plan.order(Part.COPY, round)) {
                ContenderProcess process = enter(Part.COPY, contender, round);
                process.prepare();
                measure(process, round);
                server.dropSlots(COPY_DATABASE);
            }
        }
    }

    private void log() throws IOException, SQLException, InterruptedException {
        progress.accept("Making %s with %,d rows".formatted(Orders.TABLE, plan.orders().rows()));
        server.replaceDatabase(LOG_DATABASE);
        List<Entry> entries = new ArrayList<>();
        try (Connection session = server.session(LOG_DATABASE)) {
            plan.orders().make(session);
            for (int round = 1; round <= plan.rounds(); round++) {
                for (Contender contender : plan.order(Part.LOG, round)) {
                    entries.add(new Entry(enter(Part.LOG, contender, round), round));
                }
            }
            for (Entry entry : entries) {
                entry.process.prepare();
            }
            progress.accept("Making %,d changes in %,d transactions".formatted(plan.mix().changes(), plan.mix().transactions()));
            plan.orders().change(session);
        }
        for (Entry entry : entries) {
            measure(entry.process, entry.round);
        }
        server.dropSlots(LOG_DATABASE);
    }

    /// Makes a slot and an assignment for one contender in one round.
    private ContenderProcess enter(Part part, Contender contender, int round) throws SQLException {
        String entry = "%s_%s_%d".formatted(part.name().toLowerCase(Locale.ROOT), contender.name().replace('-', '_'), round);
        String database = part == Part.COPY ? COPY_DATABASE : LOG_DATABASE;
        String table = part == Part.COPY ? Lineitem.TABLE : Orders.TABLE;
        String slot = "bench_" + entry;
        server.makeSlot(database, slot);
        Path folder = FreshFolder.make(plan.data().resolve("contenders").resolve(entry));
        long rows = plan.rows(part, contender);
        return new ContenderProcess(new Assignment(part, contender.name(), server.port(), database, table, rows, rows == plan.rows(part),
                PUBLICATION, slot, folder), plan.limit());
    }

    private void measure(ContenderProcess process, int round) throws IOException, InterruptedException {
        Assignment assignment = process.assignment();
        ServerCpu before = server.cpu();
        Reading reading = process.run();
        double serverCpu = server.cpu().since(before);
        if (reading.rows() != assignment.rows() && assignment.wholeTable()) {
            throw new IOException("%s has dealt with %,d %s instead of %,d, so the measurement is void".formatted(
                    assignment.contender(), reading.rows(), assignment.part().unit(), assignment.rows()));
        }
        measures.add(new Measure(assignment.part(), assignment.contender(), round, reading.rows(), reading.wallSeconds(),
                reading.cpuSeconds(), serverCpu, reading.residentMiB(), reading.heapMiB()));
        progress.accept(String.format(Locale.ROOT, "%s, round %d: %s took %.1f s and %.1f s of CPU for %,d %s",
                assignment.part().title(), round, assignment.contender(), reading.wallSeconds(), reading.cpuSeconds(), reading.rows(),
                assignment.part().unit()));
    }

    private record Entry(ContenderProcess process, int round) {}
}
