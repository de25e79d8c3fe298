package dev.millrace.server.web.connection;

import dev.millrace.core.destination.StopSignal;
import dev.millrace.core.fault.Fault;
import dev.millrace.server.ControlPlane;
import dev.millrace.server.Refusal;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.run.ActiveRun;
import dev.millrace.worker.Wiring;
import dev.millrace.worker.desk.FileDesk;
import dev.millrace.worker.desk.SyncDesk;
import dev.millrace.worker.holder.CopyDesk;
import dev.millrace.worker.holder.TableFinding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The comparisons that go on, and the last one of each connection. For any thread.
final class Comparisons {

    private static final Logger LOG = LoggerFactory.getLogger(Comparisons.class);

    private final ControlPlane plane;
    private final Map<String, Comparison> last = new ConcurrentHashMap<>();

    Comparisons(ControlPlane plane) {
        this.plane = plane;
    }

    /// One comparison.
    static final class Comparison {
        private final List<TableFinding> findings = new ArrayList<>();
        private boolean running = true;
        private String problem = "";

        synchronized boolean running() {
            return running;
        }

        /// Why it ended early; empty if it did not.
        synchronized String problem() {
            return problem;
        }

        synchronized List<TableFinding> findings() {
            return List.copyOf(findings);
        }

        private synchronized void add(TableFinding finding) {
            findings.add(finding);
        }

        private synchronized void end(String why) {
            running = false;
            problem = why;
        }
    }

    /// The last one of a connection, or the one that goes on.
    Optional<Comparison> last(String connection) {
        return Optional.ofNullable(last.get(connection));
    }

    /// Begins one, unless one goes on.
    void begin(ConnectionRecord connection) {
        last.compute(connection.id(), (_, before) -> {
            if (before != null && before.running()) {
                return before;
            }
            Comparison comparison = new Comparison();
            Thread.ofVirtual().name("comparison").start(() -> carryOut(connection, comparison));
            return comparison;
        });
    }

    private void carryOut(ConnectionRecord connection, Comparison comparison) {
        String problem = "";
        try {
            Optional<ActiveRun> active = plane.conductor().active(connection.id()).filter(_ -> connection.schedule().continuous());
            if (active.isPresent() && active.get().sync().isPresent() && active.get().wiring().isPresent()) {
                compare(new SyncDesk(active.get().wiring().orElseThrow(), active.get().sync().orElseThrow()), comparison);
            } else {
                plane.conductor().whileIdle(connection, () -> beside(connection, comparison));
            }
        } catch (Fault fault) {
            problem = "%s %s".formatted(fault.description(), fault.remedy());
        } catch (Refusal refusal) {
            problem = refusal.description();
        } catch (RuntimeException e) {
            LOG.error("connection={} comparison=failed", connection.id(), e);
            problem = "Millrace made a mistake, and its log says more. Nothing was changed.";
        } finally {
            comparison.end(problem);
        }
    }

    private void beside(ConnectionRecord connection, Comparison comparison) {
        try (Wiring wiring = plane.orders().wiring(connection); CopyDesk desk = new FileDesk(wiring, _ -> {})) {
            compare(desk, comparison);
        }
    }

    private static void compare(CopyDesk desk, Comparison comparison) {
        desk.verify(List.of(), comparison::add, new StopSignal());
    }
}
