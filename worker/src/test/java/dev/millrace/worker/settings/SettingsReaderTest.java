package dev.millrace.worker.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.check.Approvable;
import dev.millrace.core.naming.Naming;
import dev.millrace.core.route.Address;
import dev.millrace.core.run.Limits;
import dev.millrace.core.shape.RowFilter;
import dev.millrace.core.secret.Secret;
import dev.millrace.core.shape.TableName;
import dev.millrace.worker.approval.Approvals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsReaderTest {

    private static final String SMALLEST =
            """
            source:
              service: postgres
              host: db.example.com
              database: shop
              user: millrace
              replication_slot: millrace_slot
              publication_name: millrace_pub
            destination:
              service: duckdb
              path: warehouse.duckdb
            schema_prefix: shop
            """;

    private final Map<String, String> variables = Map.of("SHOP_PASSWORD", "s3cret", "PORT", "6543");
    private final SettingsReader reader = new SettingsReader(name -> Optional.ofNullable(variables.get(name)));
    private final Path file = Path.of("/somewhere/shop.yaml");

    @Test
    void the_smallest_file_is_understood_with_every_default() {
        ConnectionSettings settings = understood(SMALLEST);
        assertThat(settings.source().port()).isEqualTo(5432);
        assertThat(settings.source().password().isEmpty()).isTrue();
        assertThat(settings.source().tls()).isEqualTo(TlsSettings.of(TlsSettings.Mode.VERIFY_CA));
        assertThat(settings.source().authMethod()).isEqualTo(new AuthMethod.Password());
        assertThat(settings.source().way()).isEqualTo(new SourceSettings.Way.Directly());
        assertThat(settings.destination()).isEqualTo(new DestinationSettings.Duck(Path.of("/somewhere/warehouse.duckdb")));
        assertThat(settings.frequency()).isEqualTo(new SyncFrequency.Every(java.time.Duration.ofMinutes(5)));
        assertThat(settings.selection()).isEqualTo(TableSelection.everything());
        assertThat(settings.naming()).isEqualTo(Naming.SOURCE_NAMING);
    }

    @Test
    void names_are_made_by_the_rules_that_are_asked_for() {
        assertThat(understood(SMALLEST + "destination_schema_names: FIVETRAN_NAMING\n").naming()).isEqualTo(Naming.FIVETRAN_NAMING);
        assertThat(refused(SMALLEST + "destination_schema_names: SOURCE\n"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("`SOURCE_NAMING`, `FIVETRAN_NAMING`"));
    }

    @Test
    void the_defaults_of_the_limits_are_those_of_the_core() {
        assertThat(understood(SMALLEST).limits()).isEqualTo(Limits.defaults());
    }

    @Test
    void a_problem_is_told_once() {
        List<SettingProblem> problems = refused(
                """
                source:
                  service: postgres
                  hots: db
                  database: shop
                  user: millrace
                  password: ${env:SHOP_PASSWORD}
                destination:
                  service: duckdb
                  path: warehouse.duckdb
                schema_prefix: shop
                """);
        assertThat(problems.stream().map(SettingProblem::message)).doesNotHaveDuplicates().anySatisfy(
                message -> assertThat(message).startsWith("`source.host` is missing."));
    }

    @Test
    void all_problems_are_told_at_once_each_with_its_line() {
        String yaml =
                """
                source:
                  service: postgress
                  host: db.example.com
                  port: 70000
                  databse: shop
                  user: millrace
                  replication_slot: Millrace-Slot
                  publication_name: [one, two]
                destination:
                  service: duckdb
                  path: warehouse.duckdb
                schema_prefix: 9lives
                sync_freqency: 5
                limits:
                  batch_bytes: 1
                """;
        List<SettingProblem> problems = refused(yaml);
        assertThat(problems.stream().map(SettingProblem::line)).containsExactly(2, 4, 5, 7, 8, 12, 13, 15, 0, 0);
        assertThat(problems.get(0).message()).contains("Did you mean `postgres`?");
        assertThat(problems.get(2).message()).isEqualTo("Unknown setting `source.databse`. Did you mean `source.database`?");
        assertThat(problems.get(6).message()).contains("Did you mean `sync_frequency`?");
        assertThat(problems.get(8).message()).startsWith("`source.database` is missing.");
        assertThat(problems.get(0)).hasToString("shop.yaml:2: " + problems.get(0).message());
    }

    @Test
    void a_setting_in_the_wrong_section_is_shown_its_right_one() {
        assertThat(refused(SMALLEST + "host: db.example.com\n"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).endsWith("Did you mean `source.host`?"));
    }

    @Test
    void a_setting_that_stands_twice_is_refused() {
        assertThat(refused(SMALLEST + "schema_prefix: other\n"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("stands in line 11 already"));
    }

    @Test
    void text_that_is_not_yaml_is_refused_with_the_line() {
        assertThat(refused("source:\n  host: [\n")).first().satisfies(problem -> {
            assertThat(problem.message()).startsWith("This is not YAML");
            assertThat(problem.line()).isPositive();
        });
    }

    @Test
    void an_empty_file_lacks_everything_that_is_required() {
        assertThat(refused("")).extracting(SettingProblem::setting).contains("source.host", "destination.path", "schema_prefix");
    }

    @Test
    void references_are_filled_in_and_do_not_show(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("slot.txt"), "from_file\n");
        String yaml = SMALLEST
                .replace("user: millrace", "user: millrace\n  port: ${env:PORT}\n  password: ${env:SHOP_PASSWORD}")
                .replace("replication_slot: millrace_slot", "replication_slot: ${file:slot.txt}");
        SettingsReading reading = reader.read(yaml, directory.resolve("shop.yaml"));
        assertThat(reading).isInstanceOfSatisfying(SettingsReading.Understood.class, understood -> {
            assertThat(understood.settings().source().password().reveal()).isEqualTo("s3cret");
            assertThat(understood.settings().source().port()).isEqualTo(6543);
            assertThat(understood.settings().source().updateMethod()).isEqualTo(new UpdateMethod.WalPgoutput("from_file", "millrace_pub"));
            assertThat(understood.settings().toString()).doesNotContain("s3cret");
            assertThat(understood.warnings()).isEmpty();
        });
    }

    @Test
    void a_reference_to_nothing_is_a_problem_once_and_names_the_variable() {
        assertThat(refused(SMALLEST.replace("host: db.example.com", "host: db.example.com\n  port: ${env:NOWHERE}")))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("`NOWHERE` is not set"));
    }

    @Test
    void the_value_behind_a_reference_does_not_stand_in_a_problem() {
        assertThat(refused(SMALLEST.replace("host: db.example.com", "host: db.example.com\n  port: ${env:SHOP_PASSWORD}")))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("${env:SHOP_PASSWORD}").doesNotContain("s3cret"));
    }

    @Test
    void a_password_that_is_written_out_works_and_is_warned_about() {
        SettingsReading reading =
                reader.read(SMALLEST.replace("user: millrace", "user: millrace\n  password: plainly"), file);
        assertThat(reading).isInstanceOfSatisfying(SettingsReading.Understood.class, understood -> {
            assertThat(understood.settings().source().password().reveal()).isEqualTo("plainly");
            assertThat(understood.warnings()).singleElement().satisfies(warning -> assertThat(warning.toString())
                    .startsWith("shop.yaml:6: ")
                    .doesNotContain("plainly"));
        });
    }

    @Test
    void ways_without_the_log_need_neither_slot_nor_publication() {
        String without = SMALLEST.replace("  replication_slot: millrace_slot\n", "").replace("  publication_name: millrace_pub\n", "");
        Duration pause = Duration.ofSeconds(10);
        assertThat(method(without, "update_method: XMIN")).isEqualTo(new UpdateMethod.Xmin(pause));
        assertThat(method(without, "update_method: TELEPORT")).isEqualTo(new UpdateMethod.Teleport(pause));
        assertThat(method(without, "update_method: QUERY_BASED")).isEqualTo(new UpdateMethod.Xmin(pause));
        assertThat(method(without, "update_method: QUERY_BASED\n  delete_capture_enabled: true")).isEqualTo(new UpdateMethod.Teleport(pause));
        assertThat(method(SMALLEST, "update_method: XMIN")).isEqualTo(new UpdateMethod.Xmin(pause));
        assertThat(refused(without)).extracting(SettingProblem::setting)
                .containsExactlyInAnyOrder("source.replication_slot", "source.publication_name");
    }

    private UpdateMethod method(String yaml, String line) {
        return understood(yaml.replace("user: millrace", "user: millrace\n  " + line)).source().updateMethod();
    }

    @Test
    void capturing_deletes_is_a_choice_of_query_based_only() {
        assertThat(refused(SMALLEST.replace("user: millrace", "user: millrace\n  update_method: XMIN\n  delete_capture_enabled: true")))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("`update_method: QUERY_BASED` only"));
        assertThat(refused(SMALLEST.replace("user: millrace", "user: millrace\n  update_method: XMINS")))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("Did you mean `XMIN`"));
    }

    @Test
    void tables_and_columns_are_selected_by_name() {
        TableSelection selection = understood(SMALLEST
                        + """
                        enable_new_by_default: false
                        schemas:
                          public:
                            tables:
                              orders:
                                columns:
                                  note: {enabled: false}
                                  buyer: {hashed: true}
                                  paid: {hashed: false}
                              carts:
                                enabled: false
                          audit:
                            enabled: false
                        """)
                .selection();
        TableName orders = new TableName("public", "orders");
        assertThat(selection.includes(orders)).isTrue();
        assertThat(selection.includes(orders, "note")).isFalse();
        assertThat(selection.includes(orders, "id")).isTrue();
        assertThat(selection.includes(orders, "buyer")).isTrue();
        assertThat(selection.hashed(orders)).containsExactly("buyer");
        assertThat(selection.hashed(new TableName("public", "carts"))).isEmpty();
        assertThat(selection.includes(new TableName("public", "carts"))).isFalse();
        assertThat(selection.includes(new TableName("public", "new_one"))).isFalse();
        assertThat(selection.includes(new TableName("audit", "log"))).isFalse();
        assertThat(selection.includes(new TableName("other", "log"))).isFalse();
    }

    @Test
    void a_wrong_word_in_the_selection_is_refused_with_its_path() {
        assertThat(refused(SMALLEST + "schemas:\n  public:\n    table: {}\n"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message())
                        .isEqualTo("Unknown setting `schemas.public.table`. There are: `enabled`, `tables`."));
    }

    @Test
    void rows_are_filtered_by_a_list_of_conditions() {
        TableSelection selection = understood(SMALLEST
                        + """
                        schemas:
                          public:
                            tables:
                              orders:
                                row_filter:
                                  - {column: region, operator: EQUALS, value: EU}
                                  - {column: id, operator: IN, value: [1, 2]}
                                  - {column: kind, operator: IN, value: one}
                                  - {column: deleted_at, operator: IS_NULL}
                        """)
                .selection();
        assertThat(selection.filter(new TableName("public", "orders")).conditions())
                .containsExactly(
                        new RowFilter.Condition("region", RowFilter.Operator.EQUALS, List.of("EU")),
                        new RowFilter.Condition("id", RowFilter.Operator.IN, List.of("1", "2")),
                        new RowFilter.Condition("kind", RowFilter.Operator.IN, List.of("one")),
                        new RowFilter.Condition("deleted_at", RowFilter.Operator.IS_NULL, List.of()));
        assertThat(selection.filter(new TableName("public", "carts")).isEmpty()).isTrue();
    }

    @Test
    void a_filter_that_cannot_be_is_refused_with_its_place() {
        assertThat(refused(SMALLEST
                        + """
                        schemas:
                          public:
                            tables:
                              a: {row_filter: {column: x, operator: IS_NULL}}
                              b:
                                columns: {h: {hashed: true}, o: {enabled: false}}
                                row_filter:
                                  - {column: h, operator: EQUALS, value: 1}
                                  - {column: o, operator: IS_NULL}
                                  - {column: c, operator: EQUAL, value: 1}
                                  - {column: c, operator: EQUALS, value: [1, 2]}
                                  - {column: c, operator: IN, value: []}
                                  - {column: c, operator: LESS_THAN, value: null}
                                  - {column: c, operator: IS_NULL, value: 1}
                                  - {operator: IS_NULL}
                                  - {column: c, operator: IS_NULL, values: 1}
                        """))
                .extracting(problem -> problem.message().substring(0, Math.min(80, problem.message().length())))
                .satisfiesExactly(
                        message -> assertThat(message).contains("a.row_filter` is a list"),
                        message -> assertThat(message).contains("row_filter[0]` filters by column `h`, wh"),
                        message -> assertThat(message).contains("row_filter[1]` filters by column `o`, wh"),
                        message -> assertThat(message).contains("row_filter[2].operator` is `EQUAL`"),
                        message -> assertThat(message).contains("row_filter[3].value`: `EQUALS` takes"),
                        message -> assertThat(message).contains("row_filter[4].value`: `IN` takes"),
                        message -> assertThat(message).contains("row_filter[5].value`: `LESS_THAN`"),
                        message -> assertThat(message).contains("row_filter[6].value`: `IS_NULL`"),
                        message -> assertThat(message).contains("row_filter[7].column` is missing"),
                        message -> assertThat(message).contains("Unknown setting"));
    }

    @Test
    void a_column_is_hashed_or_left_out_and_not_both() {
        assertThat(refused(SMALLEST + "schemas: {public: {tables: {t: {columns: {c: {hashed: yes}, d: {hashed: true, enabled: false}}}}}}\n"))
                .extracting(SettingProblem::message)
                .containsExactly(
                        "`schemas.public.tables.t.columns.c.hashed` is `true` or `false`.",
                        "`schemas.public.tables.t.columns.d` is `hashed` and not `enabled`: a column is either copied hashed or not copied."
                                + " Remove one of the two.");
    }

    @Test
    void flags_say_the_same_as_a_file() {
        SettingFlags flags = new SettingFlags(
                "postgresql://mill%40race@db.example.com:6000/shop?sslmode=require",
                "duckdb:warehouse.duckdb",
                Map.of(
                        Setting.SCHEMA_PREFIX, "shop",
                        Setting.SOURCE_REPLICATION_SLOT, "s",
                        Setting.SOURCE_PUBLICATION_NAME, "p",
                        Setting.SOURCE_PASSWORD, "${env:SHOP_PASSWORD}"));
        assertThat(reader.read(flags, Path.of("/here"))).isInstanceOfSatisfying(SettingsReading.Understood.class, understood -> {
            SourceSettings source = understood.settings().source();
            assertThat(source.user()).isEqualTo("mill@race");
            assertThat(source.port()).isEqualTo(6000);
            assertThat(source.tls().mode()).isEqualTo(TlsSettings.Mode.REQUIRE);
            assertThat(source.password().reveal()).isEqualTo("s3cret");
            assertThat(understood.settings().destination())
                    .isEqualTo(new DestinationSettings.Duck(Path.of("/here/warehouse.duckdb")));
        });
    }

    @Test
    void a_source_that_is_no_address_is_refused_without_repeating_it() {
        SettingFlags flags = new SettingFlags("mysql://root:hunter2@db/shop", "duckdb:w", Map.of(Setting.SCHEMA_PREFIX, "shop"));
        assertThat(reader.read(flags, Path.of("/here"))).isInstanceOfSatisfying(SettingsReading.Refused.class, refused -> assertThat(
                        refused.problems().toString())
                .contains("--source: The source is not an address")
                .doesNotContain("hunter2"));
    }

    @Test
    void a_tunnel_is_meant_where_its_settings_are_given() {
        String key = "SHA256:" + "a".repeat(43);
        String given = withSource("tunnel_host: bastion.example.com", "tunnel_user: millrace", "trusted_host_keys: [" + key + "]");
        assertThat(understood(given).source().way()).isInstanceOfSatisfying(SourceSettings.Way.SshTunnel.class, tunnel -> {
            assertThat(tunnel.host()).isEqualTo(new Address("bastion.example.com", 22));
            assertThat(tunnel.user()).isEqualTo("millrace");
            assertThat(tunnel.trustedHostKeys()).containsExactly(key);
            assertThat(tunnel.keyFolder()).isEmpty();
        });
        assertThat(understood(SMALLEST).source().way()).isEqualTo(new SourceSettings.Way.Directly());
        assertThat(refused(withSource("connection_type: SshTunnel")).toString())
                .contains("`source.tunnel_host` is missing")
                .contains("`source.tunnel_user` is missing");
        assertThat(refused(withSource("tunnel_host: b", "tunnel_user: m", "trusted_host_keys: MD5:aa")).toString()).contains("ssh-keygen -lf");
    }

    @Test
    void what_goes_with_another_way_is_refused_rather_than_ignored() {
        assertThat(refused(withSource("connection_type: Directly", "tunnel_host: b")).toString())
                .contains("`source.tunnel_host` goes with `connection_type: SshTunnel` only");
        assertThat(refused(withSource("proxy_agent_id: site")).toString())
                .contains("`source.proxy_agent_id` goes with `connection_type: ProxyAgent` only");
    }

    @Test
    void an_agent_is_named_by_its_id() {
        assertThat(understood(withSource("connection_type: ProxyAgent", "proxy_agent_id: site-1", "gateway_folder: gw")).source().way())
                .isEqualTo(new SourceSettings.Way.ProxyAgent("site-1", Path.of("/somewhere/gw")));
        assertThat(refused(withSource("connection_type: ProxyAgent")).toString()).contains("`source.proxy_agent_id` is missing");
    }

    private static String withSource(String... lines) {
        return SMALLEST.replace("destination:", "  " + String.join("\n  ", lines) + "\ndestination:");
    }

    private ConnectionSettings understood(String yaml) {
        SettingsReading reading = reader.read(yaml, file);
        assertThat(reading).isInstanceOf(SettingsReading.Understood.class);
        return ((SettingsReading.Understood) reading).settings();
    }

    private List<SettingProblem> refused(String yaml) {
        SettingsReading reading = reader.read(yaml, file);
        assertThat(reading).isInstanceOf(SettingsReading.Refused.class);
        return ((SettingsReading.Refused) reading).problems();
    }

    @Test
    void this_machine_is_asked_for_tls_only_if_something_else_asks_for_it() {
        for (String host : List.of("localhost", "127.0.0.1", "::1")) {
            String here = SMALLEST.replace("db.example.com", "\"" + host + "\"");
            assertThat(mode(here, "port: 5432")).isEqualTo(TlsSettings.Mode.PREFER);
            assertThat(mode(here, "always_encrypted: true")).isEqualTo(TlsSettings.Mode.VERIFY_CA);
            assertThat(mode(here, "auth_method: AWS_IAM")).isEqualTo(TlsSettings.Mode.VERIFY_CA);
            assertThat(mode(here, "sslrootcert: ca.pem")).isEqualTo(TlsSettings.Mode.VERIFY_CA);
            assertThat(mode(here, "trusted_certificates: " + FINGERPRINT)).isEqualTo(TlsSettings.Mode.VERIFY_CA);
            assertThat(mode(here, "connection_type: PrivateLink")).isEqualTo(TlsSettings.Mode.VERIFY_CA);
            assertThat(mode(here, "sslmode: disable")).isEqualTo(TlsSettings.Mode.DISABLE);
        }
        assertThat(mode(SMALLEST, "sslmode: prefer")).isEqualTo(TlsSettings.Mode.PREFER);
    }

    private TlsSettings.Mode mode(String yaml, String line) {
        return source(yaml, line).tls().mode();
    }

    private SourceSettings source(String yaml, String... lines) {
        return understood(yaml.replace("user: millrace", "user: millrace\n  " + String.join("\n  ", lines))).source();
    }

    private String problem(String... lines) {
        return refused(SMALLEST.replace("user: millrace", "user: millrace\n  " + String.join("\n  ", lines))).getFirst().message();
    }

    private static final String FINGERPRINT = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    @Test
    void fingerprints_of_certificates_are_a_list_in_any_usual_form() {
        String colons = FINGERPRINT.toUpperCase(Locale.ROOT).replaceAll("(..)(?=.)", "$1:");
        String other = FINGERPRINT.replace('0', 'f');
        assertThat(source(SMALLEST, "trusted_certificates: [\"" + colons + "\", " + other + "]").tls().trustedCertificates())
                .containsExactlyInAnyOrder(FINGERPRINT, other);
        assertThat(source(SMALLEST, "trusted_certificates: " + FINGERPRINT).tls().trustedCertificates()).containsExactly(FINGERPRINT);
        assertThat(problem("trusted_certificates: [abc]")).contains("has `abc`", "64 hexadecimal digits");
        assertThat(problem("trusted_certificates: [" + FINGERPRINT + "]", "sslmode: prefer"))
                .contains("`source.sslmode` is `prefer`", "`source.trusted_certificates` needs it");
    }

    @Test
    void what_was_approved_beside_the_file_comes_to_what_the_file_trusts(@TempDir Path directory) throws IOException {
        Path settings = Files.writeString(directory.resolve("shop.yaml"), SMALLEST);
        Approvable shown = new Approvable(Approvable.Kind.CERTIFICATE, FINGERPRINT, "CN=db", Map.of());
        Approvals.read(settings).approve(shown, Instant.EPOCH);
        assertThat(reader.read(settings)).isInstanceOfSatisfying(SettingsReading.Understood.class, understood -> assertThat(
                        understood.settings().source().tls().trustedCertificates())
                .containsExactly(FINGERPRINT));
        Files.writeString(directory.resolve("shop.approved.yaml"), "nonsense");
        assertThat(reader.read(settings)).isInstanceOfSatisfying(SettingsReading.Refused.class, refused -> assertThat(
                        refused.problems().getFirst().message())
                .contains("is not as it was written", "approve again"));
    }

    @Test
    void authorities_names_and_channel_binding_are_said_as_libpq_says_them() {
        TlsSettings tls = source(SMALLEST, "sslrootcert: ca.pem", "sslmode: verify-full", "tls_server_name: own.example.com", "channel_binding: require").tls();
        assertThat(tls.authorities()).isEqualTo(new TlsSettings.Authorities.InFile(Path.of("/somewhere/ca.pem")));
        assertThat(tls.mode()).isEqualTo(TlsSettings.Mode.VERIFY_FULL);
        assertThat(tls.serverName()).hasValue("own.example.com");
        assertThat(tls.channelBinding()).isEqualTo(TlsSettings.ChannelBinding.REQUIRE);
        assertThat(source(SMALLEST, "sslrootcert: system").tls().authorities()).isEqualTo(new TlsSettings.Authorities.OfSystem());
        assertThat(problem("sslmode: prefer", "always_encrypted: true")).contains("`source.always_encrypted: true` needs it");
    }

    @Test
    void ways_to_log_in_are_those_of_the_reference_product(@TempDir Path directory) throws IOException {
        assertThat(source(SMALLEST, "auth_method: AWS_IAM", "aws_region: eu-west-1").authMethod())
                .isEqualTo(new AuthMethod.AwsIam(Optional.of("eu-west-1")));
        assertThat(problem("auth_method: AWS_IAM", "password: ${env:SHOP_PASSWORD}")).contains("Leave `source.password` out");
        assertThat(problem("auth_method: AWS_IAM", "sslmode: allow")).contains("`source.auth_method: AWS_IAM` needs it");
        assertThat(problem("auth_method: ENTRA_ID")).contains("is not carried out by this version");
        assertThat(problem("auth_method: CLIENT_CERTIFICATE")).contains("needs `source.client_public_certificate`");
        assertThat(problem("client_public_certificate: x")).contains("go together");
        Files.writeString(directory.resolve("client.crt"), "certificate\n");
        Files.writeString(directory.resolve("client.key"), "key\n");
        String yaml = SMALLEST.replace(
                "user: millrace",
                "user: millrace\n  auth_method: CLIENT_CERTIFICATE\n  client_public_certificate: ${file:client.crt}\n"
                        + "  client_private_key: ${file:client.key}");
        assertThat(reader.read(yaml, directory.resolve("shop.yaml"))).isInstanceOfSatisfying(SettingsReading.Understood.class, understood -> {
            assertThat(understood.settings().source().authMethod()).isEqualTo(new AuthMethod.ClientCertificate());
            assertThat(understood.settings().source().tls().client()).hasValue(new TlsSettings.Client("certificate", Secret.of("key")));
            assertThat(understood.warnings()).isEmpty();
        });
    }

    @Test
    void private_link_and_private_hosts_are_ways() {
        assertThat(source(SMALLEST, "connection_type: PrivateLink").way()).isEqualTo(new SourceSettings.Way.PrivateLink());
        assertThat(source(SMALLEST, "private_hosts: refuse").way())
                .isEqualTo(new SourceSettings.Way.Directly(SourceSettings.PrivateHosts.REFUSE));
        assertThat(problem("connection_type: PrivateLink", "proxy_agent_id: a1")).contains("goes with `connection_type: ProxyAgent` only");
    }

    @Test
    void private_hosts_go_with_ways_that_dial_a_host_themselves() {
        assertThat(source(SMALLEST, "tunnel_host: bastion.example.com", "tunnel_user: m", "private_hosts: refuse").way())
                .isInstanceOfSatisfying(
                        SourceSettings.Way.SshTunnel.class,
                        tunnel -> assertThat(tunnel.privateHosts()).isEqualTo(SourceSettings.PrivateHosts.REFUSE));
        String only = "`source.private_hosts` goes with `connection_type: Directly` and `SshTunnel` only";
        assertThat(problem("connection_type: PrivateLink", "private_hosts: refuse")).contains(only);
        assertThat(refused(withSource("connection_type: ProxyAgent", "proxy_agent_id: a1", "private_hosts: refuse")).toString()).contains(only);
    }
}
