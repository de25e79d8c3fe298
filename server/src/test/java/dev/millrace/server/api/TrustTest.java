package dev.millrace.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.ServerHarness;
import dev.millrace.server.ServerHarness.Answer;
import dev.millrace.server.state.Json;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import dev.millrace.testkit.tls.TestAuthority;
import dev.millrace.testkit.tls.TestCertificate;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class TrustTest {

    private static final TestCertificate CERTIFICATE = TestAuthority.root("Root").server("db.example.com");

    @TempDir
    Path home;

    private ServerHarness server;
    private TestDatabase database;
    private String group;
    private String connection;

    @BeforeEach
    void open() {
        database = TestPostgres.latest().newDatabase();
        server = new ServerHarness(home);
        group = server.group("shop");
        String body = ServerHarness.connection(group, database, "shop").put("paused", true).put("run_setup_tests", false).toString();
        connection = "/v1/connections/" + server.post("/v1/connections", body).data().path("id").asString();
    }

    @AfterEach
    void close() {
        server.close();
        database.close();
    }

    @Test
    void a_certificate_is_approved_shown_and_revoked_by_its_hash_in_any_form() throws GeneralSecurityException {
        byte[] der = CERTIFICATE.chain().getFirst().getEncoded();
        byte[] hash = sha256(der);
        Answer approved = server.post(connection + "/certificates", certificate(Base64.getEncoder().encodeToString(hash), der));
        assertThat(approved.status()).as(approved::message).isEqualTo(201);
        String id = Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        assertThat(approved.data().path("id").asString()).isEqualTo(id);
        assertThat(approved.data().path("hash").asString()).isEqualTo(Base64.getEncoder().encodeToString(hash));
        assertThat(approved.data().path("sha256").asString()).isEqualTo(HexFormat.of().formatHex(hash));
        assertThat(approved.data().path("name").asString()).contains("db.example.com");
        assertThat(approved.data().path("validated_by").asString()).isNotBlank();
        assertThat(server.post(connection + "/certificates", certificate(HexFormat.of().formatHex(hash).toUpperCase(Locale.ROOT), der)).status()).isEqualTo(201);
        assertThat(server.get(connection + "/certificates").data().path("items")).hasSize(1);
        assertThat(server.get(connection + "/certificates/" + id).data().path("id").asString()).isEqualTo(id);
        assertThat(server.get(connection + "/certificates/" + HexFormat.of().formatHex(hash)).status()).isEqualTo(200);
        assertThat(server.delete(connection + "/certificates/" + id).status()).isEqualTo(200);
        Answer gone = server.delete(connection + "/certificates/" + id);
        assertThat(gone.status()).isEqualTo(404);
        assertThat(gone.code()).isEqualTo("NotFound_Certificate");
    }

    @Test
    void what_does_not_hash_to_what_was_said_is_not_approved() throws GeneralSecurityException {
        byte[] der = CERTIFICATE.chain().getFirst().getEncoded();
        String others = Base64.getEncoder().encodeToString(sha256("other".getBytes(StandardCharsets.UTF_8)));
        assertThat(server.post(connection + "/certificates", certificate(others, der)).message()).contains("not the SHA-256");
        assertThat(server.post(connection + "/certificates", certificate("abc", der)).status()).isEqualTo(400);
        assertThat(server.post(connection + "/certificates", certificate(others, new byte[] {1, 2, 3})).message()).contains("no X.509 certificate");
        assertThat(server.post(connection + "/fingerprints", "{\"hash\":\"" + others + "\",\"public_key\":\"ssh-ed25519 AAAA\"}").status()).isEqualTo(400);
        assertThat(server.post(connection + "/fingerprints", "{\"hash\":\"" + others + "\",\"public_key\":\"nonsense\"}").message()).contains("known_hosts");
        assertThat(server.get(connection + "/certificates").data().path("items")).isEmpty();
        assertThat(server.get("/v1/connections/none/certificates").status()).isEqualTo(404);
    }

    @Test
    void a_host_key_is_approved_shown_and_revoked() throws GeneralSecurityException {
        byte[] key = "\0\0\0\u000bssh-ed25519 and the rest".getBytes(StandardCharsets.ISO_8859_1);
        String fingerprint = "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(sha256(key));
        String body = Json.object().put("hash", fingerprint).put("public_key", "ssh-ed25519 " + Base64.getEncoder().encodeToString(key)).toString();
        Answer approved = server.post("/v1/destinations/" + group + "/fingerprints", body);
        assertThat(approved.status()).as(approved::message).isEqualTo(201);
        assertThat(approved.data().path("hash").asString()).isEqualTo(fingerprint);
        String id = approved.data().path("id").asString();
        assertThat(server.get("/v1/destinations/" + group + "/fingerprints/" + id).status()).isEqualTo(200);
        assertThat(server.get(connection + "/fingerprints/" + id).status()).isEqualTo(404);
        assertThat(server.delete("/v1/destinations/" + group + "/fingerprints/" + id).status()).isEqualTo(200);
    }

    @Test
    void the_path_of_earlier_days_names_the_owner_in_the_body() throws GeneralSecurityException {
        byte[] der = CERTIFICATE.chain().getFirst().getEncoded();
        String hash = Base64.getEncoder().encodeToString(sha256(der));
        String owner = connection.substring(connection.lastIndexOf('/') + 1);
        String body = Json.parseObject(certificate(hash, der)).put("connector_id", owner).toString();
        assertThat(server.post("/v1/certificates", body).status()).isEqualTo(200);
        assertThat(server.get(connection + "/certificates").data().path("items")).hasSize(1);
        assertThat(server.post("/v1/certificates", certificate(hash, der)).message()).contains("`connection_id` or `destination_id` is missing");
    }

    private static String certificate(String hash, byte[] der) {
        return Json.object().put("hash", hash).put("encoded_cert", Base64.getEncoder().encodeToString(der)).toString();
    }

    private static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }
}
