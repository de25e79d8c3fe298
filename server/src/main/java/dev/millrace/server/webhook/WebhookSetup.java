package dev.millrace.server.webhook;

import dev.millrace.core.secret.Secret;
import dev.millrace.server.Fields;
import dev.millrace.server.Refusal;
import dev.millrace.server.audit.AuditLog;
import dev.millrace.server.member.Actor;
import dev.millrace.server.secret.Sealed;
import dev.millrace.server.state.Ids;
import dev.millrace.server.state.Json;
import dev.millrace.server.webhook.WebhookPost.Outcome;
import dev.millrace.vault.Vault;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Makes, changes and tries webhooks.
///
/// @param webhooks keep them
/// @param sender tries them
/// @param vault seals their secrets
/// @param audit is told
public record WebhookSetup(Webhooks webhooks, WebhookSender sender, Vault vault, AuditLog audit) {

    private static final int LONGEST_URL = 2_000;
    /// Makes one, and sends it a first body unless it shall not be active.
    ///
    /// @param group whose connections' events; empty for those of every group
    /// @throws Refusal if anything is wrong with it, or the body does not arrive; nothing was made
    public Webhook create(Optional<String> group, Fields body, Actor actor) {
        String id = Ids.next();
        Webhook webhook = new Webhook(
                id,
                group,
                url(body),
                events(body),
                body.flag("active").orElse(true),
                secret(body, Sealed.none(Webhooks.owner(id))),
                webhooks.clock().instant(),
                Optional.of(actor.id()));
        requireArrival(webhook);
        webhooks.add(webhook);
        audit.add(actor, "create", "webhook", id, told(webhook));
        return webhook;
    }

    /// Changes one, and sends it a body if it is active now and was not, or is elsewhere.
    ///
    /// @throws Refusal if anything is wrong with it, or the body does not arrive; nothing was changed
    public Webhook change(String id, Fields body, Actor actor) {
        Webhook there = find(id);
        Webhook changed = new Webhook(
                id,
                there.groupId(),
                body.has("url") ? url(body) : there.url(),
                body.has("events") ? events(body) : there.events(),
                body.flag("active").orElse(there.active()),
                secret(body, there.secrets()),
                there.created(),
                there.createdBy());
        if (!there.active() || !changed.url().equals(there.url())) {
            requireArrival(changed);
        }
        webhooks.update(changed);
        audit.add(actor, "edit", "webhook", id, told(changed));
        return changed;
    }

    /// Removes one.
    public void remove(String id, Actor actor) {
        Webhook webhook = find(id);
        webhooks.remove(id);
        audit.add(actor, "delete", "webhook", id, told(webhook));
    }

    /// By id.
    ///
    /// @throws Refusal if there is none
    public Webhook find(String id) {
        return webhooks.find(id).orElseThrow(() -> Refusal.notFound("Webhook", id));
    }

    /// Sends one a body with a made-up connection; answers as the API does.
    public ObjectNode test(String id, Fields body) {
        String event = body.required("event");
        requireKnown(event);
        Outcome outcome = sender.probe(find(id), event);
        return Json.object()
                .put("succeed", outcome.arrived())
                .put("status", outcome.status())
                .put("message", outcome.arrived() ? "The body has arrived." : outcome.problem());
    }

    /// As the API shows it.
    public static ObjectNode view(Webhook webhook) {
        ObjectNode view = Json.object()
                .put("id", webhook.id())
                .put("type", webhook.groupId().isPresent() ? "group" : "account")
                .put("url", webhook.url())
                .put("active", webhook.active());
        view.set("events", Json.tree(webhook.events()));
        webhook.groupId().ifPresent(group -> view.put("group_id", group));
        if (webhook.isSigned()) {
            view.put("secret", Sealed.MASK);
        }
        return view.put("created_at", webhook.created().toString()).put("created_by", webhook.createdBy().orElse("millrace"));
    }

    private static ObjectNode told(Webhook webhook) {
        ObjectNode told = view(webhook);
        told.remove(List.of("id", "created_at", "created_by"));
        return told;
    }

    private void requireArrival(Webhook webhook) {
        if (!webhook.active()) {
            return;
        }
        Outcome outcome = sender.probe(webhook, "test_event");
        if (!outcome.arrived()) {
            throw Refusal.invalid("A test event was sent to %s and did not arrive, so nothing was kept. %s It has to answer with a status from 200 to 299. To keep it without a test: `active: false`."
                    .formatted(webhook.url(), outcome.problem()));
        }
    }

    private Sealed secret(Fields body, Sealed before) {
        Optional<String> given = body.text("secret").filter(secret -> !secret.equals(Sealed.MASK));
        if (given.isPresent() && given.get().isBlank()) {
            return Sealed.none(before.owner());
        }
        return given.map(secret -> before.with(Webhook.SECRET, Secret.of(secret), vault)).orElse(before);
    }

    private static List<String> events(Fields body) {
        JsonNode events = body.node().path("events");
        if (!(events instanceof ArrayNode list) || list.isEmpty() || !list.valueStream().allMatch(JsonNode::isString)) {
            throw body.wrong("events", "a list of names of events, with one at least");
        }
        List<String> names = Json.texts(list).stream().distinct().toList();
        names.forEach(WebhookSetup::requireKnown);
        return names;
    }

    private static void requireKnown(String event) {
        if (!WebhookEvents.isKnown(event)) {
            throw Refusal.invalid("There is no event '%s'. There are %s.".formatted(event, String.join(", ", WebhookEvents.happening())));
        }
    }

    private static String url(Fields body) {
        String text = body.required("url");
        try {
            URI url = new URI(text);
            String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
            boolean fit = url.getHost() != null && url.getRawUserInfo() == null && text.length() <= LONGEST_URL;
            if (fit && (scheme.equals("https") || scheme.equals("http") && isLoopback(url.getHost()))) {
                return text;
            }
        } catch (URISyntaxException _) {
            // Said below.
        }
        throw body.wrong("url", "an address that begins with `https://`, without a login in it; `http://` is for addresses of the server's own machine only");
    }

    /// Only what says so by itself: a name could be another machine's the next time.
    private static boolean isLoopback(String host) {
        String bare = host.replaceAll("^\\[|]$", "");
        try {
            return bare.equals("localhost") || bare.matches("[0-9.]+|[0-9A-Fa-f:]+") && InetAddress.getByName(bare).isLoopbackAddress();
        } catch (UnknownHostException _) {
            return false;
        }
    }
}
