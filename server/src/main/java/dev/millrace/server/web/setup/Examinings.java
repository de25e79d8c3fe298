package dev.millrace.server.web.setup;

import dev.millrace.core.check.Approvable;
import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.core.fault.Fault;
import dev.millrace.server.ControlPlane;
import dev.millrace.server.Refusal;
import dev.millrace.server.check.Examinations.Trust;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.member.Actor;
import dev.millrace.server.state.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The setup tests that are being asked, and the last ones of each connection, for those who look on. For any thread.
public final class Examinings {

    private static final Logger LOG = LoggerFactory.getLogger(Examinings.class);

    private final ControlPlane plane;
    private final Map<String, Examining> last = new ConcurrentHashMap<>();

    /// None yet.
    public Examinings(ControlPlane plane) {
        this.plane = plane;
    }

    /// The setup tests of one connection.
    static final class Examining {
        private final List<Finding> findings = new ArrayList<>();
        private boolean over;
        private String problem = "";

        private synchronized void add(Finding finding) {
            findings.add(finding);
            notifyAll();
        }

        private synchronized void end(String why) {
            problem = why;
            over = true;
            notifyAll();
        }

        /// What was found after the first so many; waits a while for the next, unless all is over.
        synchronized List<Finding> after(int known, long millis) throws InterruptedException {
            if (findings.size() <= known && !over) {
                wait(millis);
            }
            return List.copyOf(findings.subList(known, findings.size()));
        }

        synchronized boolean isOver(int known) {
            return over && findings.size() <= known;
        }

        /// Why they could not be asked; empty if they could.
        synchronized String problem() {
            return problem;
        }

        /// Whether nothing failed.
        synchronized boolean isFit() {
            return over && problem.isEmpty() && findings.stream().noneMatch(finding -> finding.outcome() == Outcome.FAILED);
        }

        /// What was shown and can be approved, by its fingerprint or by what the API has as its hash.
        synchronized Optional<Approvable> shown(String hash) {
            return findings.stream().flatMap(finding -> finding.approvable().stream()).filter(one -> one.isMeantBy(hash)).findFirst();
        }
    }

    /// The last ones of a connection, or those that go on.
    Optional<Examining> last(String connection) {
        return Optional.ofNullable(last.get(connection));
    }

    /// Begins them, unless they go on.
    public void begin(ConnectionRecord connection, Actor actor) {
        last.compute(connection.id(), (id, before) -> {
            if (before != null && !before.isOver(Integer.MAX_VALUE)) {
                return before;
            }
            Examining examining = new Examining();
            plane.audit().add(actor, "test", "connection", id, Json.object());
            Thread.ofVirtual().name("setup-tests").start(() -> carryOut(connection, examining, actor));
            return examining;
        });
    }

    private void carryOut(ConnectionRecord connection, Examining examining, Actor actor) {
        String problem = "";
        try {
            plane.examinations().test(connection, new Trust(false, false, actor.id()), examining::add);
            plane.connections().find(connection.id()).ifPresent(plane.conductor()::settle);
        } catch (Refusal refusal) {
            problem = refusal.description();
        } catch (Fault fault) {
            problem = "%s %s".formatted(fault.description(), fault.remedy());
        } catch (RuntimeException e) {
            LOG.error("connection={} tests=failed", connection.id(), e);
            problem = "Millrace made a mistake, and its log says more. Nothing was changed.";
        } finally {
            examining.end(problem);
        }
    }
}
