package dev.millrace.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.ServerHarness;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
@Timeout(120)
class MonitoringFilesTest {

    private static final Path DOCS = Path.of("../docs/operating");
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern NAME = Pattern.compile("\\bmillrace_[a-z_]+\\b");
    private static final Pattern ROW_OF_DOCS = Pattern.compile("(?m)^\\| `(millrace_[a-z_]+)` \\| (\\w+) \\|");
    private static final Pattern TYPE_LINE = Pattern.compile("(?m)^# TYPE (millrace_[a-z_]+) (\\w+)$");

    @TempDir
    Path home;

    @Test
    void every_metric_that_is_documented_is_printed_and_the_rules_and_the_dashboard_ask_for_no_other() {
        String scrape;
        try (TestDatabase database = TestPostgres.latest().newDatabase(); ServerHarness server = new ServerHarness(home)) {
            scrape = scrapeOfAConnectionThatDidEverything(database, server);
        }
        Set<String> printed = pairs(TYPE_LINE, scrape);
        assertThat(pairs(ROW_OF_DOCS, text("metrics.md"))).isEqualTo(printed);
        Set<String> names = printed.stream().map(pair -> pair.substring(0, pair.indexOf(' '))).collect(Collectors.toSet());
        assertThat(names).containsAll(names(text("monitoring/alerts.yaml"))).containsAll(names(text("monitoring/grafana.json")));
        assertThat(names(text("monitoring/alerts.yaml"))).isNotEmpty();
        assertThat(names(text("monitoring/grafana.json"))).isNotEmpty();
    }

    private static String scrapeOfAConnectionThatDidEverything(TestDatabase database, ServerHarness server) {
        database.execute("CREATE TABLE mills (id int PRIMARY KEY)", "INSERT INTO mills SELECT i FROM generate_series(1, 10) AS i");
        database.createPublicationAndSlot("pub", "slot_" + database.name());
        String id = server.post("/v1/connections", ServerHarness.connection(server.group("shop"), database, "shop").toString()).data().path("id").asString();
        Eventually.within(LIMIT, () -> assertThat(scrape(server)).contains("millrace_connection_succeeded_seconds{"));
        server.patch("/v1/connections/" + id, "{\"millrace\":{\"continuous\":true}}");
        database.execute("INSERT INTO mills VALUES (11)");
        Eventually.within(LIMIT, () -> assertThat(scrape(server)).contains("millrace_lag_seconds{").contains("millrace_changes_written_total{"));
        String running = scrape(server);
        database.execute("ALTER PUBLICATION pub RENAME TO other");
        server.post("/v1/connections/" + id + "/sync", "{\"force\":true}");
        Eventually.within(LIMIT, () -> assertThat(scrape(server)).contains("millrace_faults_total{"));
        try (SlotWatch watch = new SlotWatch(server.server().plane()); Metrics metrics = new Metrics(server.server().plane(), watch)) {
            watch.look(server.server().plane().connections().find(id).orElseThrow());
            return running + scrape(server) + metrics.scrape();
        }
    }

    private static String scrape(ServerHarness server) {
        return server.get("/metrics").http().body();
    }

    private static Set<String> names(String text) {
        return NAME.matcher(text).results().map(found -> found.group()).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> pairs(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(found -> found.group(1) + " " + found.group(2)).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String text(String name) {
        try {
            return Files.readString(DOCS.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
