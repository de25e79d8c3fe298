package dev.millrace.server.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.ServerHarness;
import dev.millrace.server.ServerHarness.Answer;
import dev.millrace.server.audit.AuditLog;
import dev.millrace.server.connection.Connections;
import dev.millrace.server.run.RunLog;
import dev.millrace.server.secret.Sealed;
import dev.millrace.server.state.Json;
import dev.millrace.server.state.State;
import dev.millrace.server.state.StateAddress;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import dev.millrace.vault.Vault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

@SuppressWarnings("NullAway.Init")
@Timeout(120)
class WebhookTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String SECRET = "a secret that nobody else has";

    @TempDir
    Path home;

    private Receiver receiver;

    @BeforeEach
    void open() throws IOException {
        receiver = new Receiver();
    }

    @AfterEach
    void close() {
        receiver.close();
    }

    @Test
    void a_run_and_a_change_are_told_with_a_signature() throws GeneralSecurityException {
        try (TestDatabase database = TestPostgres.latest().newDatabase(); ServerHarness server = new ServerHarness(home)) {
            database.execute("CREATE TABLE mills (id int PRIMARY KEY)");
            database.createPublicationAndSlot("pub", "slot_" + database.name());
            String group = server.group("shop");
            Answer made = server.post("/v1/webhooks/group/" + group, hook("\"create_connector\",\"sync_start\",\"sync_end\",\"delete_connector\"", true));
            assertThat(made.status()).as(made::message).isEqualTo(200);
            assertThat(made.data().path("secret").asString()).isEqualTo("******");
            assertThat(receiver.received()).singleElement().satisfies(probe -> assertThat(probe.body()).contains("\"event\":\"test_event\"").contains("_connector_1"));
            String id = server.post("/v1/connections", ServerHarness.connection(group, database, "shop").toString()).data().path("id").asString();
            Eventually.within(LIMIT, () -> assertThat(receiver.received()).hasSize(4));
            assertThat(server.delete("/v1/connections/" + id).status()).isEqualTo(200);
            Eventually.within(LIMIT, () -> assertThat(receiver.received()).hasSize(5));
            List<ObjectNode> bodies = receiver.received().stream().map(received -> Json.parseObject(received.body())).toList();
            assertThat(bodies.stream().map(body -> body.path("event").asString()))
                    .containsExactly("test_event", "create_connector", "sync_start", "sync_end", "delete_connector");
            ObjectNode end = bodies.get(3);
            assertThat(end.path("created").asString()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
            assertThat(end.path("connector_type").asString()).isEqualTo("aurora_postgres");
            assertThat(end.path("connector_id").asString()).isEqualTo(id);
            assertThat(end.path("connector_name").asString()).isEqualTo("shop");
            assertThat(end.path("sync_id").asString()).matches("[0-9a-f-]{36}").isEqualTo(bodies.get(2).path("sync_id").asString());
            assertThat(end.path("destination_group_id").asString()).isEqualTo(group);
            assertThat(end.at("/data/status").asString()).isEqualTo("SUCCESSFUL");
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            String signature = HexFormat.of().withUpperCase().formatHex(mac.doFinal(receiver.received().get(3).body().getBytes(StandardCharsets.UTF_8)));
            assertThat(receiver.received().get(3).headers()).containsEntry("X-fivetran-signature-256", signature).containsEntry("X-millrace-signature-256", signature);
        }
    }

    @Test
    void a_webhook_that_does_not_answer_well_is_not_kept_unless_it_is_not_active() {
        try (ServerHarness server = new ServerHarness(home)) {
            receiver.answerWith(500);
            Answer refused = server.post("/v1/webhooks/account", hook("\"sync_end\"", true));
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.message()).contains("status 500").contains("active: false").doesNotContain(SECRET);
            Answer kept = server.post("/v1/webhooks/account", hook("\"sync_end\"", false));
            assertThat(kept.status()).isEqualTo(200);
            String path = "/v1/webhooks/" + kept.data().path("id").asString();
            assertThat(server.patch(path, "{\"active\":true}").status()).isEqualTo(400);
            receiver.answerWith(204);
            assertThat(server.patch(path, "{\"active\":true}").data().path("active").asBoolean()).isTrue();
            ObjectNode tried = server.post(path + "/test", "{\"event\":\"sync_end\"}").data();
            assertThat(tried.path("succeed").asBoolean()).isTrue();
            assertThat(tried.path("status").asInt()).isEqualTo(204);
            receiver.answerWith(302);
            assertThat(server.post(path + "/test", "{\"event\":\"sync_end\"}").data().path("succeed").asBoolean()).isFalse();
            assertThat(server.get("/v1/webhooks").data().path("items")).hasSize(1);
            assertThat(server.delete(path).status()).isEqualTo(200);
            assertThat(server.get(path).code()).isEqualTo("NotFound_Webhook");
        }
    }

    @Test
    void addresses_and_events_that_cannot_be_are_refused() {
        try (ServerHarness server = new ServerHarness(home)) {
            for (String url : List.of("http://example.com/hook", "ftp://127.0.0.1/", "https://user:password@example.com/", "http://127.0.0.1.example.com/", "not an address", "https://")) {
                Answer refused = server.post("/v1/webhooks/account", Json.object().put("url", url).put("active", false).set("events", Json.list().add("sync_end")).toString());
                assertThat(refused.status()).as(url).isEqualTo(400);
                assertThat(refused.message()).as(url).contains("https://");
            }
            assertThat(server.post("/v1/webhooks/account", hook("\"moon_rise\"", true)).message()).contains("sync_end");
            assertThat(server.post("/v1/webhooks/account", "{\"url\":\"https://example.com\",\"events\":[]}").status()).isEqualTo(400);
            assertThat(server.post("/v1/webhooks/group/none", hook("\"sync_end\"", true)).status()).isEqualTo(404);
        }
    }

    @Test
    void what_does_not_arrive_is_sent_again_with_growing_pauses_until_a_day_is_over() {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
        try (State state = State.open(new StateAddress.InFile(home.resolve("state.sqlite")))) {
            Webhooks webhooks = new Webhooks(state, now::get);
            Vault vault = Vault.of(Vault.newKey(), "test");
            try (WebhookSender sender = new WebhookSender(
                    webhooks, new Connections(state, now::get), new RunLog(state, now::get), new AuditLog(state, now::get), vault)) {
                sender.start();
                receiver.answerWith(503);
                webhooks.add(new Webhook("hook", Optional.empty(), receiver.url(), List.of("sync_end"), true, Sealed.none("webhook/hook"), now.get(), Optional.empty()));
                webhooks.deliver("hook", "{}");
                for (int attempt = 1; attempt <= 4; attempt++) {
                    int sent = attempt;
                    sender.wake();
                    Instant due = now.get().plus(Duration.ofMinutes(5L * attempt));
                    Eventually.within(LIMIT, () -> assertThat(next(state)).containsExactly(due));
                    assertThat(receiver.received()).hasSize(sent);
                    now.set(due);
                }
                assertThat(now.get()).isEqualTo(Instant.parse("2026-01-01T00:50:00Z"));
                now.set(Instant.parse("2026-01-02T00:00:01Z"));
                sender.wake();
                Eventually.within(LIMIT, () -> assertThat(webhooks.find("hook").orElseThrow().active()).isFalse());
                assertThat(next(state)).isEmpty();
            }
        }
    }

    private static List<Instant> next(State state) {
        return state.read(handle -> handle.createQuery("SELECT next_at FROM webhook_delivery").mapTo(Long.class).map(Instant::ofEpochMilli).list());
    }

    private String hook(String events, boolean active) {
        return "{\"url\":\"%s\",\"events\":[%s],\"active\":%s,\"secret\":\"%s\"}".formatted(receiver.url(), events, active, SECRET);
    }
}
