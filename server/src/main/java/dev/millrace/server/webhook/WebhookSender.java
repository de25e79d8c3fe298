package dev.millrace.server.webhook;

import dev.millrace.core.fault.Fault;
import dev.millrace.server.audit.AuditLog;
import dev.millrace.server.audit.ConnectionEvents;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.connection.Connections;
import dev.millrace.server.member.Actor;
import dev.millrace.server.run.RunLog;
import dev.millrace.server.state.Json;
import dev.millrace.server.webhook.WebhookPost.Outcome;
import dev.millrace.server.webhook.Webhooks.Delivery;
import dev.millrace.vault.Vault;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// Hears of what happens to connections, and sends it to the webhooks that want it: at once, and again with growing pauses if it does not arrive. One that
/// nothing arrives at for a day is disabled.
///
/// What is to be sent is in the state, and outlives this process. Each webhook gets its bodies one after the other, on a virtual thread, so that a slow one
/// holds up no other.
public final class WebhookSender implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);
    private static final Duration STEP = Duration.ofMinutes(5);
    private static final Duration GIVE_UP = Duration.ofDays(1);
    private static final Duration POLL = Duration.ofSeconds(2);
    private static final Duration CLAIM = Duration.ofMinutes(2);

    private final Webhooks webhooks;
    private final Connections connections;
    private final AuditLog audit;
    private final InstantSource clock;
    private final WebhookPost post;
    private final Set<String> busy = ConcurrentHashMap.newKeySet();
    private final Object waiting = new Object();
    private final Thread thread = Thread.ofPlatform().name("webhooks").daemon().unstarted(this::work);
    private boolean news;
    private volatile boolean closing;

    /// Sends nothing before [#start].
    ///
    /// @param log whose events it hears of, as of those of `audit`
    public WebhookSender(Webhooks webhooks, Connections connections, RunLog log, AuditLog audit, Vault vault) {
        this.webhooks = webhooks;
        this.connections = connections;
        this.audit = audit;
        this.clock = webhooks.clock();
        this.post = new WebhookPost(vault);
        log.listen(this::hear);
        audit.listen(this::hear);
    }

    /// Begins.
    public void start() {
        thread.start();
    }

    private void hear(RunLog.Event event) {
        if (WebhookEvents.OF_RUNS.contains(event.name())) {
            connections.find(event.connectionId()).ifPresent(connection -> tell(event.name(), about(connection), event.runId(), event.data()));
        }
    }

    private void hear(AuditLog.Entry entry) {
        ConnectionEvents.of(entry).ifPresent(event -> about(entry).ifPresent(connection -> tell(
                event, connection, Optional.empty(), Json.object().put("actor", entry.actor()))));
    }

    /// What is said of a connection, by the names of a body.
    private record About(String id, String type, String name, String group) {}

    private static About about(ConnectionRecord connection) {
        return new About(connection.id(), connection.service(), connection.schemaPrefix(), connection.groupId());
    }

    /// One that was removed is not there any more; what was written down of it is.
    private Optional<About> about(AuditLog.Entry entry) {
        ObjectNode detail = entry.detail();
        return connections.find(entry.resourceId())
                .map(WebhookSender::about)
                .or(() -> Optional.of(detail)
                        .filter(known -> known.has("group_id"))
                        .map(known -> new About(
                                entry.resourceId(), known.path("service").asString(""), known.path("schema_prefix").asString(""), known.path("group_id").asString(""))));
    }

    /// Never throws: whoever caused the event has other things to do.
    private void tell(String event, About connection, Optional<String> run, ObjectNode data) {
        try {
            List<Webhook> wanting = webhooks.all().stream().filter(webhook -> webhook.wants(event, connection.group())).toList();
            if (!wanting.isEmpty()) {
                String body = body(event, connection, run, data);
                wanting.forEach(webhook -> webhooks.deliver(webhook.id(), body));
                wake();
            }
        } catch (Fault fault) {
            LOG.warn("event={} connection={} told=nobody", event, connection.id(), fault);
        }
    }

    private String body(String event, About connection, Optional<String> run, ObjectNode data) {
        ObjectNode body = Json.object()
                .put("event", event)
                .put("created", stamp())
                .put("connector_type", connection.type())
                .put("connector_id", connection.id())
                .put("connector_name", connection.name());
        run.ifPresent(id -> body.put("sync_id", id));
        body.put("destination_group_id", connection.group()).set("data", data);
        return body.toString();
    }

    private String stamp() {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        // Java leaves the fraction out where it is zero, which some receivers' parsers do not expect.
        return now.getNano() == 0 ? now.toString().replace("Z", ".000Z") : now.toString();
    }

    /// Sends something made up, and says how that went.
    Outcome probe(Webhook webhook, String event) {
        About nobody = new About("_connection_1", "_connection_type", "_connection_name", "_destination_1");
        ObjectNode body = Json.parseObject(body(event, nobody, Optional.of(UUID.randomUUID().toString()), Json.object()));
        body.put("connector_id", "_connector_1").put("group_id", "_destination_1");
        return post.send(webhook, body.toString());
    }

    /// Looks for what is due at once.
    void wake() {
        synchronized (waiting) {
            news = true;
            waiting.notifyAll();
        }
    }

    private void work() {
        while (!closing) {
            try {
                sendDue();
            } catch (RuntimeException e) {
                LOG.warn("webhooks=not-sent", e);
            }
            await();
        }
    }

    private void await() {
        synchronized (waiting) {
            try {
                if (!news && !closing) {
                    waiting.wait(POLL.toMillis());
                }
                news = false;
            } catch (InterruptedException _) {
                closing = true;
            }
        }
    }

    private void sendDue() {
        Map<String, List<Delivery>> byWebhook = webhooks.due().stream().collect(Collectors.groupingBy(Delivery::webhookId));
        byWebhook.forEach((id, deliveries) -> {
            Optional<Webhook> webhook = webhooks.find(id);
            if (webhook.isPresent() && busy.add(id)) {
                Thread.ofVirtual().name("webhook-" + id).start(() -> send(webhook.get(), deliveries));
            }
        });
    }

    private void send(Webhook webhook, List<Delivery> deliveries) {
        try {
            for (Delivery delivery : deliveries) {
                if (closing || !webhooks.claim(delivery, clock.instant().plus(CLAIM)) || !send(webhook, delivery)) {
                    return;
                }
            }
        } catch (RuntimeException e) {
            LOG.warn("webhook={} sent=failed", webhook.id(), e);
        } finally {
            busy.remove(webhook.id());
            wake();
        }
    }

    /// Answers whether to go on with the next one.
    private boolean send(Webhook webhook, Delivery delivery) {
        Outcome outcome = post.send(webhook, delivery.body());
        Instant now = clock.instant();
        if (outcome.arrived()) {
            webhooks.delivered(delivery);
            return true;
        }
        if (delivery.first().plus(GIVE_UP).isAfter(now)) {
            webhooks.failed(delivery, now.plus(STEP.multipliedBy(delivery.attempts() + 1L)), outcome.problem());
            return true;
        }
        webhooks.disable(webhook.id());
        audit.add(Actor.system(), "disable", "webhook", webhook.id(), Json.object().put("reason", "Nothing arrived for a day. " + outcome.problem()));
        LOG.warn("webhook={} disabled=after-a-day", webhook.id());
        return false;
    }

    @Override
    public void close() {
        closing = true;
        wake();
        post.close();
        try {
            // A server that could not start ends what it has not begun.
            if (thread.getState() != Thread.State.NEW) {
                thread.join(POLL.multipliedBy(2));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
