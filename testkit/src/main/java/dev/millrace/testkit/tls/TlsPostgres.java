package dev.millrace.testkit.tls;

import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.DedicatedPostgres;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// A PostgreSQL server with TLS, whose certificate can be exchanged while it runs.
public final class TlsPostgres implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int SSL_REQUEST_BYTES = 8;
    private static final int SSL_REQUEST = 80877103;
    private static final String CERTIFICATE = "server.crt";
    private static final String KEY = "server.key";
    private static final String CLIENTS = "clients.crt";

    private final DedicatedPostgres server;
    private final TestDatabase database;

    private TlsPostgres(DedicatedPostgres server) {
        this.server = server;
        this.database = server.newDatabase();
    }

    /// Starts one.
    ///
    /// @param clients signs the certificates of users who log in by them: `certified` is one, made here
    public static TlsPostgres start(int version, TestCertificate presented, TestAuthority clients) {
        DedicatedPostgres server = TestPostgres.dedicated(version, Map.of());
        TlsPostgres postgres = new TlsPostgres(server);
        postgres.write(CLIENTS, clients.own().rootPem());
        postgres.prependLogins("hostssl all certified all cert");
        postgres.database.createUser("certified", "unused", "");
        postgres.write(CERTIFICATE, presented.chainPem());
        postgres.write(KEY, presented.keyPem());
        postgres.set(Map.of("ssl", "on", "ssl_cert_file", CERTIFICATE, "ssl_key_file", KEY, "ssl_ca_file", CLIENTS));
        postgres.awaitPresented(presented.chain().getFirst());
        return postgres;
    }

    /// Its database.
    public TestDatabase database() {
        return database;
    }

    /// Presents another certificate, with what is in its chain, from now on.
    public void present(TestCertificate presented) {
        write(CERTIFICATE, presented.chainPem());
        write(KEY, presented.keyPem());
        database.execute("SELECT pg_reload_conf()");
        awaitPresented(presented.chain().getFirst());
    }

    /// Changes settings that need no restart.
    public void set(Map<String, String> settings) {
        settings.forEach((name, value) -> database.execute("ALTER SYSTEM SET %s = '%s'".formatted(name, value)));
        database.execute("SELECT pg_reload_conf()");
    }

    /// Puts lines before those of `pg_hba.conf`.
    public void prependLogins(String lines) {
        Path file = file("pg_hba.conf");
        try {
            Files.writeString(file, lines + "\n" + Files.readString(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        database.execute("SELECT pg_reload_conf()");
    }

    private void awaitPresented(X509Certificate wanted) {
        Eventually.within(PATIENCE, () -> {
            if (!wanted.equals(presented())) {
                throw new AssertionError("The server has yet to take in its new certificate");
            }
        });
    }

    private X509Certificate presented() {
        try (Socket plain = new Socket(database.host(), database.port())) {
            DataOutputStream out = new DataOutputStream(plain.getOutputStream());
            out.writeInt(SSL_REQUEST_BYTES);
            out.writeInt(SSL_REQUEST);
            if (plain.getInputStream().read() != 'S') {
                throw new AssertionError("The server has yet to switch on TLS");
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Credulous()}, null);
            try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, database.host(), database.port(), true)) {
                return (X509Certificate) List.of(socket.getSession().getPeerCertificates()).getFirst();
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    private void write(String name, String text) {
        try {
            Path file = file(name);
            Files.writeString(file, text);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Path file(String name) {
        return server.server().settings().dataDirectory().resolve(name);
    }

    @Override
    public void close() {
        server.close();
    }

    /// Believes everything.
    private static final class Credulous implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
