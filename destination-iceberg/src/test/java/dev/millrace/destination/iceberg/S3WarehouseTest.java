package dev.millrace.destination.iceberg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.destination.CopyReader;
import dev.millrace.core.destination.PlaceFinding;
import dev.millrace.core.destination.SourceIdentity;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.shape.Shape;
import dev.millrace.testkit.change.ChangeScript;
import dev.millrace.testkit.change.Shapes;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A warehouse in object storage: an S3 server in this process, Iceberg's own way to it, and a cache of files between.
class S3WarehouseTest {

    private static final Shape ORDERS = Shapes.table("public", "orders").column("id", Shapes.INT4).column("note", Shapes.TEXT).key("id").shape();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private S3Proxy server(int port) throws Exception {
        Files.createDirectories(folder.resolve("s3/lake"));
        S3Proxy server = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(folder.resolve("s3").toString()))
                .endpoint(URI.create("http://127.0.0.1:" + port))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "id", "secret")
                .build();
        server.start();
        return server;
    }

    private IcebergSettings settings(int port, String secret) {
        Map<String, String> catalog = new LinkedHashMap<>();
        catalog.put("type", "jdbc");
        catalog.put("uri", "jdbc:sqlite:" + folder.resolve("catalog.sqlite"));
        catalog.put("warehouse", "s3://lake/copies");
        catalog.put("s3.endpoint", "http://127.0.0.1:" + port);
        catalog.put("s3.access-key-id", "id");
        catalog.put("s3.secret-access-key", secret);
        catalog.put("s3.path-style-access", "true");
        catalog.put("client.region", "us-east-1");
        return IcebergSettings.of(catalog);
    }

    private static IcebergDestination open(IcebergSettings settings) {
        return IcebergDestination.open(settings, "shop", InstantSource.system());
    }

    private static List<String> notes(IcebergSettings settings) throws SQLException {
        List<String> notes = new ArrayList<>();
        try (CopyReader reader = new IcebergPlace(settings, "shop").reader().orElseThrow();
                Statement statement = ((LakeReader) reader).connection().createStatement();
                ResultSet row = statement.executeQuery("SELECT id || ' ' || note FROM shop_public.orders WHERE NOT _millrace_deleted ORDER BY id")) {
            while (row.next()) {
                notes.add(row.getString(1));
            }
        }
        return notes;
    }

    @Test
    void a_copy_in_a_bucket_outlives_restarts_and_a_storage_that_stops_answering() throws Exception {
        S3Proxy server = server(0);
        int port = server.getPort();
        IcebergSettings settings = settings(port, "secret");
        try (IcebergDestination destination = open(settings)) {
            destination.adopt(new SourceIdentity("7300", "shop"), TestLake.START);
            TestLake.copy(destination, ORDERS, SyncMode.SOFT_DELETE, List.of(ChangeScript.row("1", "one"), ChangeScript.row("2", "two")));
            destination.write(ChangeScript.inText().update(ORDERS, "1", "eins").delete(ORDERS, "2", null).batch(200));
            assertThat(notes(settings)).containsExactly("1 eins");
            server.stop();
            assertThatThrownBy(() -> destination.write(ChangeScript.inText().insert(ORDERS, "3", "three").batch(300))).isInstanceOf(Fault.class);
            server = server(port);
            assertThat(destination.recall().position()).contains(new LogPosition(new Lsn(200)));
            destination.write(ChangeScript.inText().insert(ORDERS, "3", "three").batch(300));
        }
        try (IcebergDestination again = open(settings)) {
            assertThat(again.recall().position()).contains(new LogPosition(new Lsn(300)));
            again.write(ChangeScript.inText().update(ORDERS, "3", "drei").batch(400));
            assertThat(notes(settings)).containsExactly("1 eins", "3 drei");
        } finally {
            server.stop();
        }
    }

    @Test
    void credentials_that_are_no_good_are_told_of_with_a_remedy() throws Exception {
        S3Proxy server = server(0);
        try {
            List<PlaceFinding> findings = new IcebergPlace(settings(server.getPort(), "wrong"), "shop").check();
            assertThat(findings).singleElement().satisfies(finding -> {
                assertThat(finding.fit()).isFalse();
                assertThat(finding.message()).contains("credentials");
            });
            assertThat(new IcebergPlace(settings(server.getPort(), "secret"), "shop").check()).allMatch(PlaceFinding::fit);
        } finally {
            server.stop();
        }
    }
}
