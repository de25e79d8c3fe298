package dev.millrace.server.run;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.exceptions.ExecutionException;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceCurrentlyExecutingException;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceNotFoundException;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionContext;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import dev.millrace.core.destination.Memory;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.run.Goal;
import dev.millrace.core.run.RunEvent;
import dev.millrace.core.run.RunSummary;
import dev.millrace.core.shape.TableName;
import dev.millrace.server.Refusal;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.connection.Connections;
import dev.millrace.server.connection.RunOrders;
import dev.millrace.server.connection.Standing;
import dev.millrace.server.connection.Standing.Setup;
import dev.millrace.server.run.RunLog.Level;
import dev.millrace.server.run.RunRecord.Cause;
import dev.millrace.server.run.RunRecord.Status;
import dev.millrace.server.state.Json;
import dev.millrace.server.state.State;
import dev.millrace.server.state.StateAddress;
import dev.millrace.server.usage.Usage;
import dev.millrace.worker.ConnectionSync;
import dev.millrace.worker.RetryPolicy;
import dev.millrace.worker.Wiring;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// Has each connection synced when it is due, one run of it at a time, on this server or another one that shares the state.
///
/// The schedule is in the state: it outlives this process, and of several servers one takes each run. Everything may be called from any thread.
public final class Conductor implements AutoCloseable {

    /* One execution of the scheduler for each connection that is to run again, by the connection's id; none for one that is paused or asked for only. What
       comes after a run is decided when it has ended, from what people have decided by then. What is asked for between a run's end and that of its execution
       is in `plannedMeanwhile`, guarded by `planning`; another server does not see it, so each looks now and then for connections that were left without a
       plan. */

    private static final Logger LOG = LoggerFactory.getLogger(Conductor.class);
    private static final String TASK = "sync";
    private static final int TRIES = 5;
    private static final Duration PULSE = Duration.ofSeconds(1);
    private static final Duration REVIEW = Duration.ofSeconds(30);
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);
    private static final int HEARTBEATS_MISSED = 4;
    private static final Duration AFTER_A_MISTAKE = Duration.ofMinutes(1);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration CAUGHT_UP_INTERVAL = Duration.ofSeconds(10);
    private static final Duration CLOSING = Duration.ofSeconds(60);

    /// When a connection is to run, and why.
    private record Planned(Instant at, Cause cause) {}

    private final State state;
    private final String server;
    private final Connections connections;
    private final RunOrders orders;
    private final Runs runs;
    private final RunLog log;
    private final Usage usage;
    private final Backoff backoff;
    private final CustomTask<String> task;
    private final Scheduler scheduler;
    private final ScheduledExecutorService pulse = Executors.newSingleThreadScheduledExecutor(work -> Thread.ofPlatform().name("run-pulse").daemon().unstarted(work));
    private final Map<String, ActiveRun> active = new ConcurrentHashMap<>();
    private final List<BiConsumer<ActiveRun, RunEvent>> observers = new CopyOnWriteArrayList<>();
    private final Reservations reservations;
    private final Object planning = new Object();
    private final Map<String, Planned> plannedMeanwhile = new HashMap<>();
    private final Object ended = new Object();
    private volatile boolean closing;

    /// Nothing runs before [#start].
    ///
    /// @param server the name of this server among those that share the state
    /// @param workers how many runs may go on here at the same time
    public Conductor(State state, String server, Connections connections, RunOrders orders, Runs runs, RunLog log, Usage usage, Backoff backoff, int workers) {
        this.state = state;
        this.server = server;
        this.connections = connections;
        this.orders = orders;
        this.runs = runs;
        this.log = log;
        this.usage = usage;
        this.backoff = backoff;
        this.reservations = new Reservations(state, connections.clock(), server, HEARTBEAT.multipliedBy(HEARTBEATS_MISSED));
        this.task = Tasks.custom(TASK, String.class)
                .onDeadExecutionRevive()
                .onFailureReschedule(FixedDelay.of(AFTER_A_MISTAKE))
                .execute(this::carryOut);
        this.scheduler = Scheduler.create(state.dataSource(), task)
                .schedulerName(new SchedulerName.Fixed(server))
                .threads(workers)
                .pollingInterval(POLL)
                .heartbeatInterval(HEARTBEAT)
                .missedHeartbeatsLimit(HEARTBEATS_MISSED)
                .shutdownMaxWait(CLOSING)
                .enableImmediateExecution()
                .build();
    }

    /// Hears of every event of every run that goes on here, on the run's threads; must return quickly and not throw.
    public void observe(BiConsumer<ActiveRun, RunEvent> observer) {
        observers.add(observer);
    }

    /// Takes up what an earlier process left, and begins.
    public void start() {
        boolean alone = state.address() instanceof StateAddress.InFile;
        if (alone) {
            state.run(handle -> handle.execute("UPDATE scheduled_tasks SET picked = 0, picked_by = NULL, last_heartbeat = NULL"));
            reservations.forgetAll();
        }
        endAbandoned(alone);
        scheduler.start();
        pulse.scheduleWithFixedDelay(this::pulse, PULSE.toMillis(), PULSE.toMillis(), TimeUnit.MILLISECONDS);
        pulse.scheduleWithFixedDelay(this::planForgotten, REVIEW.toMillis(), REVIEW.toMillis(), TimeUnit.MILLISECONDS);
        planForgotten();
    }

    private void endAbandoned(boolean alone) {
        runs.endAbandoned(alone, connections.clock().instant().minus(HEARTBEAT.multipliedBy(HEARTBEATS_MISSED)));
    }

    /// Plans the next run of a connection as its schedule, or its pause, has it now. To be called whenever either has changed.
    public void settle(ConnectionRecord connection) {
        Optional<Instant> next = connection.paused() ? Optional.empty() : due(connection);
        if (next.isEmpty()) {
            cancel(connection.id());
        } else {
            plan(connection.id(), next.get(), Cause.SCHEDULE);
        }
        connections.stand(connection.id(), standing -> standing.withNext(next));
    }

    private Optional<Instant> due(ConnectionRecord connection) {
        Instant now = connections.clock().instant();
        Standing standing = connections.standing(connection.id());
        if (standing.setup() == Setup.INCOMPLETE) {
            return Optional.empty();
        }
        if (connection.schedule().manual()) {
            return Optional.empty();
        }
        Optional<RunRecord> last = runs.last(connection.id(), 1).stream().findFirst();
        Optional<Instant> planned = last.flatMap(run -> switch (run.status()) {
            case RUNNING, SUCCESSFUL -> connection.schedule().after(run.started());
            case FAILURE, FAILURE_WITH_TASK -> standing.failures() > 0 ? standing.next() : Optional.empty();
            case RESCHEDULED, CANCELED -> Optional.empty();
        });
        return planned.filter(now::isBefore).or(() -> Optional.of(now));
    }

    private void plan(String connection, Instant at, Cause cause) {
        TaskInstance<String> instance = task.instance(connection, cause.name());
        synchronized (planning) {
            for (int tries = 0; tries < TRIES && !scheduler.scheduleIfNotExists(instance, at); tries++) {
                try {
                    scheduler.reschedule(instance, at, cause.name());
                    return;
                } catch (TaskInstanceCurrentlyExecutingException _) {
                    plannedMeanwhile.put(connection, new Planned(at, cause));
                    return;
                } catch (ExecutionException | TaskInstanceNotFoundException e) {
                    // Another thread or server took or removed it at the same moment.
                    LOG.debug("connection={} planned=again", connection, e);
                }
            }
        }
    }

    private void cancel(String connection) {
        synchronized (planning) {
            plannedMeanwhile.remove(connection);
            try {
                scheduler.cancel(task.instanceId(connection));
            } catch (TaskInstanceCurrentlyExecutingException | TaskInstanceNotFoundException _) {
                LOG.debug("connection={} cancelled=nothing", connection);
            }
        }
    }

    /// What comes after an execution: what was asked for while it went on, or what followed from the run.
    private CompletionHandler<String> then(String connection, Optional<Planned> following) {
        return (complete, operations) -> {
            synchronized (planning) {
                Optional<Planned> next = Optional.ofNullable(plannedMeanwhile.remove(connection)).or(() -> following);
                next.ifPresentOrElse(plan -> operations.reschedule(complete, plan.at(), plan.cause().name()), operations::remove);
            }
        };
    }

    /// Has a connection synced at once; one that is being synced goes on.
    ///
    /// @param force whether a run that goes on is stopped, and another begun
    /// @throws Refusal if it is paused or was not found fit
    public void sync(ConnectionRecord connection, boolean force) {
        if (connection.paused()) {
            throw Refusal.conflict("The connection is paused. Set `paused` to false first.");
        }
        if (connections.standing(connection.id()).setup() == Setup.INCOMPLETE) {
            throw Refusal.conflict("The connection is not set up yet: its setup tests have not passed. Run them: POST /v1/connections/%s/test.".formatted(connection.id()));
        }
        if (runs.current(connection.id()).isPresent()) {
            if (!force) {
                return;
            }
            requireStop(connection.id());
        }
        plan(connection.id(), connections.clock().instant(), Cause.ASKED);
        scheduler.triggerCheckForDueExecutions();
    }

    /// Wants tables copied again: at once where a run goes on here, by the next run otherwise.
    ///
    /// @param tables [Runs#EVERY_TABLE] for all
    public void resync(ConnectionRecord connection, Collection<TableName> tables) {
        runs.askForCopies(connection.id(), tables);
        Optional<ConnectionSync> sync = Optional.ofNullable(active.get(connection.id())).flatMap(ActiveRun::sync);
        boolean underway = sync.isPresent() && requestOfRun(connection.id(), sync.get());
        if (!underway && !connection.paused()) {
            plan(connection.id(), connections.clock().instant(), Cause.ASKED);
            scheduler.triggerCheckForDueExecutions();
        }
    }

    /// False if the run that goes on is not to be asked, since it begins, ends or waits: the next one finds what is wanted.
    private boolean requestOfRun(String connection, ConnectionSync sync) {
        try {
            request(connection, sync);
            return true;
        } catch (Fault fault) {
            LOG.debug("connection={} copies=asked-of-next-run reason={}", connection, fault.kind());
            return false;
        }
    }

    private void request(String connection, ConnectionSync sync) {
        List<TableName> asked = runs.copiesAskedFor(connection);
        if (!asked.isEmpty()) {
            Memory memory = sync.recall();
            boolean all = asked.contains(Runs.EVERY_TABLE);
            sync.resync(memory.tables().keySet().stream().filter(table -> all || asked.contains(table)).toList());
            runs.copiesRequested(connection, asked);
        }
    }

    /// Stops the run that goes on, if any, at its next safe point; answers whether none goes on.
    ///
    /// @param patience how long to wait for that
    public boolean stop(String connection, Duration patience) {
        runs.askToStop(connection);
        Optional.ofNullable(active.get(connection)).ifPresent(ActiveRun::stop);
        long end = System.nanoTime() + patience.toNanos();
        synchronized (ended) {
            while (runs.current(connection).isPresent()) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    return false;
                }
                try {
                    // Another server's run is not announced here.
                    ended.wait(Math.min(left, PULSE.toMillis()));
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
        }
        return true;
    }

    /// Stops the run that goes on, or refuses.
    ///
    /// @throws Refusal if it has come to no safe point within a minute
    public void requireStop(String connection) {
        if (!stop(connection, CLOSING)) {
            throw Refusal.conflict("Failed to stop in-progress sync after trying for 60 seconds. Set `paused` to true, wait until `sync_state` is `paused`, and try again.");
        }
    }

    /// Somebody has looked after a connection: what failed before counts no more towards leaving it alone.
    public void resume(String connection) {
        connections.stand(connection, Standing::forgiven);
    }

    /// Forgets the plan of a connection that is removed; its run must have ended.
    public void forget(String connection) {
        cancel(connection);
    }

    /// Does something that no run of a connection may go on beside, at this server or another one that shares the state: waits for one that does, and holds back
    /// the next.
    ///
    /// @throws Refusal if somebody does so already, or another server follows the source without an end
    public void whileIdle(ConnectionRecord connection, Runnable work) {
        if (!reservations.take(connection.id())) {
            throw Refusal.conflict("Something else is being done with the connection's copy. Try again when it has ended.");
        }
        try {
            awaitIdle(connection);
            work.run();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            reservations.release(connection.id());
        }
    }

    private void awaitIdle(ConnectionRecord connection) throws InterruptedException {
        synchronized (ended) {
            for (Optional<RunRecord> going = goingOn(connection.id()); going.isPresent(); going = goingOn(connection.id())) {
                if (connection.schedule().continuous() && !active.containsKey(connection.id())) {
                    throw Refusal.conflict("Server '%s' follows the source without an end. Ask there, or pause the connection first.".formatted(going.get().server()));
                }
                // Another server's run is not announced here.
                ended.wait(PULSE.toMillis());
            }
        }
    }

    private Optional<RunRecord> goingOn(String connection) {
        return Optional.ofNullable(active.get(connection)).map(ActiveRun::record).or(() -> runs.current(connection));
    }

    /// The run of a connection that goes on in this process.
    public Optional<ActiveRun> active(String connection) {
        return Optional.ofNullable(active.get(connection));
    }

    /// All runs that go on in this process.
    public Collection<ActiveRun> active() {
        return List.copyOf(active.values());
    }

    private CompletionHandler<String> carryOut(TaskInstance<String> instance, ExecutionContext context) {
        String id = instance.getId();
        Optional<ConnectionRecord> found = connections.find(id);
        if (closing) {
            return then(id, Optional.of(new Planned(connections.clock().instant(), Cause.RESTART)));
        }
        if (found.isEmpty() || found.get().paused()) {
            return then(id, Optional.empty());
        }
        ConnectionRecord connection = found.get();
        Cause why = Cause.valueOf(instance.getData());
        Optional<RunRecord> begun = runs.begin(id, server, why, reservations);
        if (begun.isEmpty()) {
            return then(id, Optional.of(new Planned(connections.clock().instant().plus(PULSE), why)));
        }
        ActiveRun going = new ActiveRun(begun.get(), log, usage);
        active.put(id, going);
        Optional<Instant> next;
        try {
            next = carryOut(connection, going);
        } finally {
            active.remove(id);
            synchronized (ended) {
                ended.notifyAll();
            }
        }
        Cause cause = closing ? Cause.RESTART : connectionFailed(id) ? Cause.RETRY : Cause.SCHEDULE;
        return then(id, next.map(at -> new Planned(at, cause)));
    }

    private boolean connectionFailed(String id) {
        return connections.find(id).isPresent() && connections.standing(id).failures() > 0;
    }

    /// Carries a run out; answers when the next is due.
    private Optional<Instant> carryOut(ConnectionRecord connection, ActiveRun run) {
        String id = connection.id();
        log.add(id, Optional.of(run.record().id()), Level.INFO, "sync_start", Json.object().put("cause", run.record().cause().name()));
        try {
            RunSummary summary = sync(connection, run);
            return summary.stopped() ? stopped(run) : succeeded(connection, run, summary);
        } catch (Fault fault) {
            return failed(connection, run, fault);
        } catch (Refusal refusal) {
            return failed(connection, run, new Fault(FaultKind.SETTINGS_INVALID, id, refusal.description(), "Change the connection's setup.", refusal));
        } catch (RuntimeException | Error e) {
            LOG.error("connection={} run={} failed=unexpectedly", id, run.record().id(), e);
            return failed(connection, run, new Fault(FaultKind.OUR_BUG, id, "Millrace made a mistake and stopped the run.", "Report what the server's log says of it.", e));
        }
    }

    private RunSummary sync(ConnectionRecord connection, ActiveRun run) {
        try (Wiring wiring = orders.wiring(connection); ConnectionSync sync = ConnectionSync.open(wiring)) {
            run.attach(wiring, sync);
            try {
                run.log().knows(sync.recall().tables().keySet());
                request(connection.id(), sync);
                boolean continuous = connection.schedule().continuous();
                return sync.run(
                        continuous ? Goal.CONTINUOUS : Goal.UP_TO_NOW,
                        continuous ? RetryPolicy.patient() : RetryPolicy.brief(),
                        event -> {
                            run.on(event);
                            observers.forEach(observer -> observer.accept(run, event));
                        },
                        (fault, pause) -> paused(run, fault, pause));
            } finally {
                run.detach();
            }
        }
    }

    private void paused(ActiveRun run, Fault fault, Duration pause) {
        ObjectNode data = fault(fault).put("type", "retry").put("pause_milliseconds", pause.toMillis());
        log.add(run.record().connectionId(), Optional.of(run.record().id()), Level.WARNING, "warning", data);
    }

    private Optional<Instant> succeeded(ConnectionRecord connection, ActiveRun run, RunSummary summary) {
        ObjectNode extract = Json.object().put("status", "SUCCESS").put("total_queries", summary.tablesPublished()).put("total_rows", summary.rowsCopied() + summary.changes());
        log.add(connection.id(), Optional.of(run.record().id()), Level.INFO, "extract_summary", extract);
        log.add(connection.id(), Optional.of(run.record().id()), Level.INFO, "sync_stats", run.count().stats(Duration.between(run.record().started(), connections.clock().instant())));
        Optional<Instant> next = next(connection.id(), run.record().started());
        connections.stand(connection.id(), standing -> standing.afterSuccess(later(standing.succeeded()), next));
        end(run, Status.SUCCESSFUL, Optional.empty(), Json.object().put("status", "SUCCESSFUL"));
        return next;
    }

    /// Whoever waits for a run compares these moments: each is later than the one before.
    private Instant later(Optional<Instant> before) {
        Instant now = Instant.ofEpochMilli(connections.clock().millis());
        return before.filter(last -> !now.isAfter(last)).map(last -> last.plusMillis(1)).orElse(now);
    }

    private Optional<Instant> stopped(ActiveRun run) {
        String id = run.record().connectionId();
        Optional<ConnectionRecord> now = connections.find(id);
        boolean goesOn = now.isPresent() && !now.get().paused();
        Status status = goesOn ? Status.RESCHEDULED : Status.CANCELED;
        Optional<Instant> next = !goesOn || now.get().schedule().manual() && !closing ? Optional.empty() : Optional.of(connections.clock().instant());
        connections.stand(id, standing -> standing.withNext(next));
        end(run, status, Optional.empty(), Json.object().put("status", status.name()).put("reason", goesOn ? "It was stopped, and goes on from where it is." : "It was stopped."));
        return next;
    }

    private Optional<Instant> failed(ConnectionRecord connection, ActiveRun run, Fault fault) {
        String id = connection.id();
        int failures = connections.find(id).isPresent() ? connections.standing(id).failures() + 1 : 1;
        boolean task = fault.kind().retry() != FaultKind.Retry.SOON;
        boolean enough = backoff.isEnough(failures, fault.kind());
        Instant now = connections.clock().instant();
        Optional<Instant> next = enough || connection.schedule().manual()
                ? Optional.empty()
                : Optional.of(now.plus(backoff.pauseAfter(failures, ThreadLocalRandom.current())));
        ObjectNode told = fault(fault);
        if (enough) {
            told.put("message", "%s After %d failures in a row the connection was paused.".formatted(fault.description(), failures));
            connections.change(id, one -> one.withPaused(true));
        }
        connections.stand(
                id, standing -> standing.afterFailure(task ? Setup.BROKEN : standing.setup(), later(standing.failed()), failures, next, told));
        Status status = task ? Status.FAILURE_WITH_TASK : Status.FAILURE;
        log.add(id, Optional.of(run.record().id()), Level.SEVERE, "error", told);
        end(run, status, Optional.of(told), Json.object().put("status", status.name()).put("reason", fault.description()));
        return next;
    }

    private Optional<Instant> next(String id, Instant began) {
        Instant now = connections.clock().instant();
        return connections.find(id)
                .filter(connection -> !connection.paused())
                .flatMap(connection -> connection.schedule().after(began))
                .map(due -> due.isBefore(now) ? now : due);
    }

    private void end(ActiveRun run, Status status, Optional<ObjectNode> fault, ObjectNode data) {
        if (connections.find(run.record().connectionId()).isPresent()) {
            run.usage().keep();
            run.tellFollowed();
        }
        runs.end(run.record().id(), status, run.count(), fault);
        log.add(run.record().connectionId(), Optional.of(run.record().id()), status == Status.SUCCESSFUL ? Level.INFO : level(status), "sync_end", data);
        LOG.info(
                "connection={} run={} ended={} rows={} changes={}",
                run.record().connectionId(), run.record().id(), status, run.count().rowsCopied(), run.count().changes());
    }

    private static Level level(Status status) {
        return status == Status.FAILURE || status == Status.FAILURE_WITH_TASK ? Level.SEVERE : Level.INFO;
    }

    /// A fault as the API and the log tell it.
    public static ObjectNode fault(Fault fault) {
        return Json.object()
                .put("code", fault.kind().name())
                .put("subject", fault.subject())
                .put("message", fault.description())
                .put("remedy", fault.remedy())
                .put("owner", fault.kind().owner().name())
                .put("retry", fault.kind().retry().name());
    }

    private void pulse() {
        try {
            for (ActiveRun run : active.values()) {
                if (runs.pulse(run.record().id(), run.count())) {
                    run.stop();
                }
                run.usage().keep();
                run.tellFollowedNowAndThen();
                tellCaughtUp(run);
            }
            reservations.hold();
            if (!(state.address() instanceof StateAddress.InFile)) {
                endAbandoned(false);
            }
        } catch (RuntimeException e) {
            LOG.warn("pulse=missed", e);
        }
    }

    private void planForgotten() {
        try {
            for (ConnectionRecord connection : connections.all()) {
                if (!connection.paused() && scheduler.getScheduledExecution(task.instanceId(connection.id())).isEmpty()) {
                    due(connection).ifPresent(at -> plan(connection.id(), at, Cause.SCHEDULE));
                }
            }
            log.forgetOld();
        } catch (RuntimeException e) {
            LOG.warn("review=missed", e);
        }
    }

    /// A run that goes on for ever has succeeded whenever it holds all that the source had.
    private void tellCaughtUp(ActiveRun run) {
        String id = run.record().connectionId();
        Instant now = connections.clock().instant();
        if (run.isCaughtUp() && run.sync().isPresent() && !run.isStopping()) {
            Standing standing = connections.standing(id);
            if (standing.succeeded().filter(last -> last.plus(CAUGHT_UP_INTERVAL).isAfter(now)).isEmpty() && isContinuous(id)) {
                connections.stand(id, before -> before.afterSuccess(later(before.succeeded()), before.next()));
            }
        }
    }

    private boolean isContinuous(String id) {
        return connections.find(id).filter(connection -> connection.schedule().continuous()).isPresent();
    }

    /// Stops every run at a safe point, to be taken up by the next process, and ends.
    @Override
    public void close() {
        closing = true;
        active.values().forEach(ActiveRun::stop);
        scheduler.stop();
        pulse.shutdownNow();
    }
}
