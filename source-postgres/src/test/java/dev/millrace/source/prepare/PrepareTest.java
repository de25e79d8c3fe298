package dev.millrace.source.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.core.check.SetupTest;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.secret.Secret;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Selection;
import dev.millrace.postgres.session.PostgresEndpoint;
import dev.millrace.source.Following;
import dev.millrace.source.Hosting;
import dev.millrace.source.check.CheckSettings;
import dev.millrace.source.check.SourceChecks;
import dev.millrace.source.prepare.PrepareSettings.Proof;
import dev.millrace.testkit.postgres.DedicatedPostgres;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PrepareTest {

    private static final String PASSWORD = "it's \"secret\" :x \\";
    private static final String ODD_SCHEMA = "Odd; Place's \"x\"";
    private static final String ODD_TABLE = "T\";\nDROP TABLE mills; --";
    private static final TableName ODD = new TableName(ODD_SCHEMA, ODD_TABLE);
    private static final TableName MILLS = new TableName("public", "mills");
    private static final String ODD_COLUMN = "Na'me\"; --";

    /// A source to make ready.
    ///
    /// @param database its database, by name, on the server of the test database
    /// @param admin who makes it ready
    private record Source(TestDatabase server, String database, String admin, String adminPassword, PrepareSettings settings) {

        static Source of(TestDatabase database, Following following, Selection selection) {
            String user = "Mill's \"user\"; %s".formatted(database.name());
            return new Source(
                    database,
                    database.name(),
                    database.user(),
                    database.password(),
                    new PrepareSettings(following, database.name(), user, Proof.PASSWORD, selection, Hosting.OWN));
        }

        PostgresEndpoint endpoint(String user, String password) {
            return new PostgresEndpoint(server.host(), server.port(), database, user, Secret.of(password), Map.of());
        }

        AdminSession open() {
            return AdminSession.open(endpoint(admin, adminPassword), endpoint(settings.user(), PASSWORD), settings);
        }

        /// Makes it ready; what was done, as shown.
        List<String> apply() {
            List<String> done = new ArrayList<>();
            try (AdminSession session = open()) {
                session.carryOut(session.missing(), Secret.of(PASSWORD), act -> done.add(act.shown()));
                assertThat(session.missing().steps()).as("a second run finds nothing to do").isEmpty();
            }
            assertThat(done).noneSatisfy(shown -> assertThat(shown).contains("secret\""));
            return done;
        }

        void undo() {
            try (AdminSession session = open()) {
                session.carryOut(session.undoing(), Secret.of(""), _ -> {});
                assertThat(session.undoing().steps()).isEmpty();
            }
        }

        List<Finding> check() {
            List<Finding> findings = new ArrayList<>();
            new SourceChecks(endpoint(settings.user(), PASSWORD), new CheckSettings(
                            settings.following(), database, settings.user(), settings.selection(), settings.hosting(), Duration.ofSeconds(10), () -> false))
                    .ask(findings::add);
            return findings;
        }
    }

    private static Following.Log log(TestDatabase database) {
        return new Following.Log("slot_" + database.name(), "Pub's \"" + database.name());
    }

    private static Following.Xmin xmin() {
        return new Following.Xmin(Duration.ofSeconds(10));
    }

    private static TestDatabase filled(int version) {
        TestDatabase database = TestPostgres.version(version).newDatabase();
        database.execute(tables());
        return database;
    }

    private static String[] tables() {
        return new String[] {
            "CREATE TABLE mills (id int PRIMARY KEY, name text, secret text)",
            "CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id)",
            "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (100)",
            "CREATE SCHEMA %s".formatted(TableName.quote(ODD_SCHEMA)),
            "CREATE TABLE %s (id int PRIMARY KEY, %s text, hidden text)".formatted(ODD.quoted(), TableName.quote(ODD_COLUMN)),
            "INSERT INTO mills VALUES (1, 'a', 'b')"
        };
    }

    private static Selection only(Set<TableName> tables, Set<String> columnsLeftOut) {
        return new Selection() {
            @Override
            public boolean includes(TableName table) {
                return tables.contains(table);
            }

            @Override
            public boolean includes(TableName table, String column) {
                return !columnsLeftOut.contains(column);
            }

            @Override
            public boolean includesUnnamed(String schema) {
                return false;
            }

            @Override
            public Set<TableName> named() {
                return tables;
            }

            @Override
            public Set<String> named(TableName table) {
                return columnsLeftOut;
            }
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {11, 18})
    void what_was_made_ready_passes_every_test_and_is_taken_away_whole(int version) {
        try (TestDatabase database = filled(version)) {
            Source source = Source.of(database, log(database), Selection.everything());
            assertThat(source.apply()).anySatisfy(shown -> assertThat(shown).contains("FOR ALL TABLES"))
                    .anySatisfy(shown -> assertThat(shown).contains("PASSWORD :'millrace_password'"));
            List<Finding> findings = source.check();
            assertThat(findings).extracting(Finding::outcome).as(findings.toString()).doesNotContain(Outcome.FAILED);
            if (version > 11) {
                assertThat(findings).extracting(Finding::outcome).as(findings.toString()).containsOnly(Outcome.PASSED, Outcome.SKIPPED);
            }
            database.execute("CREATE TABLE later (id int PRIMARY KEY)");
            assertThat(database.value("SELECT has_table_privilege(oid, 'later', 'SELECT') FROM pg_roles WHERE rolname LIKE 'Mill%%%s'".formatted(database.name())))
                    .as("default privileges")
                    .isEqualTo("t");
            source.undo();
            assertThat(database.value("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'Mill%%%s'".formatted(database.name()))).isEqualTo("0");
            assertThat(database.value("SELECT count(*) FROM pg_publication")).isEqualTo("0");
            assertThat(database.value("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()")).isEqualTo("0");
            assertThat(database.value("SELECT count(*) FROM mills")).isEqualTo("1");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {11, 18})
    void only_what_is_selected_may_be_read_and_is_published(int version) {
        try (TestDatabase database = filled(version)) {
            Source source = Source.of(database, log(database), only(Set.of(MILLS, ODD), Set.of("secret", "hidden")));
            assertThat(source.apply()).anySatisfy(shown -> assertThat(shown).contains("FOR TABLE", "\"public\".\"mills\"", ODD.quoted()));
            List<Finding> findings = source.check();
            assertThat(findings).extracting(Finding::outcome).as(findings.toString()).containsOnly(Outcome.PASSED, Outcome.SKIPPED);
            String user = "'" + source.settings().user().replace("'", "''") + "'";
            assertThat(database.value("SELECT has_column_privilege(%s, 'mills', 'name', 'SELECT')".formatted(user))).isEqualTo("t");
            assertThat(database.value("SELECT has_column_privilege(%s, 'mills', 'secret', 'SELECT')".formatted(user))).isEqualTo("f");
            assertThat(database.value("SELECT has_any_column_privilege(%s, 'parts', 'SELECT')".formatted(user))).isEqualTo("f");
            source.undo();
        }
    }

    @Test
    void a_table_that_is_named_and_not_there_is_told_with_the_one_that_was_meant() {
        try (TestDatabase database = filled(17)) {
            Source source = Source.of(database, log(database), only(Set.of(new TableName("public", "milsl")), Set.of()));
            try (AdminSession session = source.open()) {
                assertThat(session.missing().notes())
                        .contains("The settings name public.milsl, and there is no table of that name that can be followed. Did you mean `mills`?");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {11, 17})
    void for_looks_the_system_columns_and_the_function_are_given(int version) {
        try (TestDatabase database = filled(version)) {
            Source source = Source.of(database, xmin(), only(Set.of(MILLS, ODD), Set.of("secret")));
            List<String> done = source.apply();
            assertThat(done).anySatisfy(shown -> assertThat(shown).contains("\"xmin\", \"ctid\")"));
            assertThat(done.stream().anyMatch(shown -> shown.contains("get_all_pages"))).isEqualTo(version >= 14);
            Map<Boolean, List<Finding>> findings = source.check().stream()
                    .collect(Collectors.partitioningBy(finding -> finding.test() == SetupTest.XMIN_EXTENSIONS));
            assertThat(findings.get(false)).extracting(Finding::outcome).containsOnly(Outcome.PASSED, Outcome.SKIPPED);
            assertThat(findings.get(true)).extracting(Finding::outcome).containsOnly(version >= 14 ? Outcome.PASSED : Outcome.WARNING);
            source.undo();
            assertThat(database.value("SELECT count(*) FROM pg_namespace WHERE nspname = 'millrace'")).isEqualTo("0");
        }
    }

    @Test
    void what_is_there_already_is_completed_and_not_made_again() {
        try (TestDatabase database = filled(17)) {
            Source source = Source.of(database, log(database), Selection.everything());
            database.createUser(source.settings().user(), "another", "");
            database.execute(
                    "CREATE TABLE \"page views\" (at int)",
                    "CREATE PUBLICATION %s FOR TABLE mills".formatted(TableName.quote(((Following.Log) source.settings().following()).publication())),
                    "SELECT pg_create_logical_replication_slot('slot_%s', 'pgoutput')".formatted(database.name()));
            try (AdminSession session = source.open()) {
                assertThat(session.missing().notes()).anySatisfy(note -> assertThat(note).contains("Left out of the publication", "public.page views"));
            }
            assertThat(source.apply())
                    .anySatisfy(shown -> assertThat(shown).startsWith("ALTER USER").contains("PASSWORD :'millrace_password'"))
                    .anySatisfy(shown -> assertThat(shown).startsWith("ALTER PUBLICATION").contains("ADD TABLE", ODD.quoted()).doesNotContain("mills\"", "page views"))
                    .anySatisfy(shown -> assertThat(shown).contains("SET (publish_via_partition_root = true)"))
                    .noneSatisfy(shown -> assertThat(shown).contains("CREATE USER"))
                    .noneSatisfy(shown -> assertThat(shown).contains("pg_create_logical"));
            assertThat(source.check()).extracting(Finding::outcome).doesNotContain(Outcome.FAILED);
        }
    }

    /// A server on which the right to replicate is had by a role, and whose administrator is no superuser, as Amazon has it.
    @Test
    void where_a_role_has_the_right_to_replicate_it_is_granted_by_an_administrator_who_is_none_of_postgresqls() {
        try (DedicatedPostgres server = TestPostgres.dedicated(17, Map.of());
                TestDatabase first = server.newDatabase()) {
            String odd = "da\"ta; DROP DATABASE x --'";
            first.execute(
                    "CREATE ROLE rds_replication",
                    "CREATE ROLE rds_superuser",
                    "CREATE ROLE boss LOGIN CREATEROLE CREATEDB REPLICATION PASSWORD 'boss' IN ROLE rds_superuser",
                    "GRANT rds_replication TO boss WITH ADMIN OPTION",
                    "CREATE DATABASE %s OWNER boss".formatted(TableName.quote(odd)),
                    "REVOKE CONNECT ON DATABASE %s FROM PUBLIC".formatted(TableName.quote(odd)));
            Source plain = new Source(
                    first, odd, "boss", "boss", new PrepareSettings(
                            new Following.Log("slot_odd", "pub"), odd, "reader", Proof.PASSWORD, only(Set.of(MILLS), Set.of()), Hosting.RDS));
            try (AdminSession session = plain.open()) {
                session.carryOut(
                        new Preparation(List.of(new Preparation.Step("x", List.of(
                                new Act.Sql("CREATE SCHEMA IF NOT EXISTS public"),
                                new Act.Sql("CREATE TABLE public.mills (id int PRIMARY KEY)")))), List.of()),
                        Secret.of(""),
                        _ -> {});
            }
            assertThat(plain.apply())
                    .contains("GRANT rds_replication TO \"reader\";", "GRANT CONNECT ON DATABASE \"da\"\"ta; DROP DATABASE x --'\" TO \"reader\";")
                    .noneSatisfy(shown -> assertThat(shown).contains("REPLICATION;"));
            plain.undo();
            assertThat(first.value("SELECT count(*) FROM pg_roles WHERE rolname = 'reader'")).isEqualTo("0");

            Source everything = new Source(first, odd, "boss", "boss", new PrepareSettings(
                    new Following.Log("slot_odd", "pub"), odd, "reader", Proof.PASSWORD, Selection.everything(), Hosting.RDS));
            assertThatExceptionOfType(Fault.class).isThrownBy(everything::apply).satisfies(fault -> {
                assertThat(fault.kind()).isEqualTo(FaultKind.PERMISSION_MISSING);
                assertThat(fault.description()).contains("CREATE PUBLICATION", "What came before it is done.");
                assertThat(fault.remedy()).contains("--admin-user");
            });
        }
    }

    @Test
    void where_nobody_could_look_it_is_said_what_tables_without_a_key_would_suffer() {
        PrepareSettings log = new PrepareSettings(
                new Following.Log("slot", "pub"), "shop", "reader", Proof.PASSWORD, Selection.everything(), Hosting.OWN);
        assertThat(AdminSession.everything(log).notes()).anySatisfy(note -> assertThat(note).contains("REPLICA IDENTITY FULL", "--admin-user"));
    }

    @Test
    void an_administrator_who_is_not_let_in_is_told_that_it_is_not_about_the_settings() {
        try (TestDatabase database = filled(17)) {
            Source source = Source.of(database, log(database), Selection.everything());
            assertThatExceptionOfType(Fault.class)
                    .isThrownBy(() -> AdminSession.open(source.endpoint("postgres", "wrong"), source.endpoint("x", ""), source.settings()))
                    .satisfies(fault -> {
                        assertThat(fault.kind()).isEqualTo(FaultKind.LOGIN_REFUSED);
                        assertThat(fault.remedy()).contains("--admin-password").doesNotContain("in the settings");
                    });
        }
    }

    @Test
    void a_user_who_owns_something_is_not_dropped() {
        try (TestDatabase database = filled(17)) {
            Source source = Source.of(database, log(database), Selection.everything());
            source.apply();
            database.execute("ALTER TABLE mills OWNER TO %s".formatted(TableName.quote(source.settings().user())));
            try (AdminSession session = source.open()) {
                assertThat(session.undoing().notes()).anySatisfy(note -> assertThat(note).contains("owns something"));
            }
            source.undo();
            assertThat(database.value("SELECT count(*) FROM mills")).isEqualTo("1");
            database.execute("ALTER TABLE mills OWNER TO postgres");
            source.undo();
        }
    }

    @Test
    void while_the_slot_is_read_nothing_is_taken_away() throws SQLException {
        try (TestDatabase database = filled(17)) {
            Connection reader = database.session();
            Source source = Source.of(database, log(database), Selection.everything());
            source.apply();
            database.execute("SELECT pg_drop_replication_slot('slot_%s')".formatted(database.name()));
            read(reader, "slot_" + database.name());
            try (AdminSession session = source.open()) {
                assertThatThrownBy(session::undoing).isInstanceOfSatisfying(Fault.class, fault -> {
                    assertThat(fault.kind()).isEqualTo(FaultKind.SLOT_IN_USE);
                    assertThat(fault.remedy()).isEqualTo("Stop the sync that reads it, and undo again.");
                });
            }
            reader.close();
            awaitGone(database, "slot_" + database.name());
            source.undo();
        }
    }

    /// A slot is read by whoever made it for a time.
    private static void read(Connection reader, String slot) throws SQLException {
        try (Statement statement = reader.createStatement()) {
            statement.execute("SELECT pg_create_logical_replication_slot('%s', 'pgoutput', true)".formatted(slot));
        }
    }

    private static void awaitGone(TestDatabase database, String slot) {
        while (!database.value("SELECT count(*) FROM pg_replication_slots WHERE slot_name = '%s'".formatted(slot)).equals("0")) {
            Thread.onSpinWait();
        }
    }

    @Test
    void a_publication_stays_that_another_reader_may_use_or_that_is_somebody_elses() throws SQLException {
        try (TestDatabase database = filled(17)) {
            Connection reader = database.session();
            Source source = Source.of(database, log(database), Selection.everything());
            source.apply();
            read(reader, "another_" + database.name());
            try (AdminSession session = source.open()) {
                assertThat(shown(session.undoing())).noneSatisfy(shown -> assertThat(shown).contains("DROP PUBLICATION"));
                assertThat(session.undoing().notes()).anySatisfy(note -> assertThat(note).contains("another_" + database.name()));
            }
            reader.close();
            awaitGone(database, "another_" + database.name());
            String other = "other_" + database.name();
            String publication = TableName.quote(((Following.Log) source.settings().following()).publication());
            database.createUser(other, "x", "");
            database.execute(
                    "DROP PUBLICATION " + publication,
                    "CREATE PUBLICATION " + publication,
                    "GRANT CREATE ON DATABASE %s TO %s".formatted(database.name(), other),
                    "ALTER PUBLICATION %s OWNER TO %s".formatted(publication, other));
            try (AdminSession session = source.open()) {
                assertThat(session.undoing().notes()).anySatisfy(note -> assertThat(note).contains("belongs to " + other));
            }
            source.undo();
            assertThat(database.value("SELECT count(*) FROM pg_publication")).isEqualTo("1");
        }
    }

    @Test
    void a_function_that_others_may_call_stays_and_is_not_looked_for_where_the_log_is_read() {
        try (TestDatabase database = filled(17)) {
            Source source = Source.of(database, xmin(), Selection.everything());
            source.apply();
            try (AdminSession session = Source.of(database, log(database), Selection.everything()).open()) {
                assertThat(shown(session.undoing())).noneSatisfy(shown -> assertThat(shown).contains("millrace"));
            }
            String other = "other_" + database.name();
            database.createUser(other, "x", "");
            database.execute("GRANT EXECUTE ON FUNCTION millrace.get_all_pages(text) TO " + other);
            source.undo();
            assertThat(database.value("SELECT count(*) FROM pg_proc WHERE proname = 'get_all_pages'")).isEqualTo("1");
            database.execute("REVOKE EXECUTE ON FUNCTION millrace.get_all_pages(text) FROM " + other);
            source.undo();
            assertThat(database.value("SELECT count(*) FROM pg_namespace WHERE nspname = 'millrace'")).isEqualTo("0");
        }
    }

    @Test
    void functions_that_are_missing_beside_one_that_is_there_are_made_and_all_are_taken_away() {
        try (TestDatabase database = filled(17)) {
            Source source = Source.of(database, xmin(), Selection.everything());
            source.apply();
            database.execute("DROP FUNCTION millrace.get_some_pages", "DROP FUNCTION millrace.count_visible_pages");
            assertThat(source.apply())
                    .anySatisfy(shown -> assertThat(shown).contains("get_some_pages"))
                    .anySatisfy(shown -> assertThat(shown).contains("count_visible_pages"))
                    .noneSatisfy(shown -> assertThat(shown).contains("get_all_pages"));
            assertThat(source.apply()).isEmpty();
            String executable = "SELECT count(*) FROM pg_proc p WHERE pronamespace = 'millrace'::regnamespace AND has_function_privilege('%s', oid, 'EXECUTE')";
            assertThat(database.value(executable.formatted(source.settings().user().replace("'", "''")))).isEqualTo("3");
            assertThat(database.value(executable.formatted("pg_monitor"))).isEqualTo("0");
            source.undo();
            assertThat(database.value("SELECT count(*) FROM pg_namespace WHERE nspname = 'millrace'")).isEqualTo("0");
        }
    }

    @Test
    void a_user_stays_that_prepare_did_not_make_or_that_others_act_as() {
        try (TestDatabase database = filled(17)) {
            Source source = Source.of(database, log(database), Selection.everything());
            String user = TableName.quote(source.settings().user());
            database.createUser(source.settings().user(), PASSWORD, "");
            source.apply();
            source.undo();
            try (AdminSession session = source.open()) {
                assertThat(session.undoing().notes()).anySatisfy(note -> assertThat(note).contains("mark", "so it stays"));
            }
            assertThat(database.value("SELECT has_table_privilege(oid, 'mills', 'SELECT') FROM pg_roles WHERE rolname LIKE 'Mill%%%s'".formatted(database.name())))
                    .isEqualTo("f");
            database.execute("DROP USER " + user);
            source.apply();
            String member = "member_" + database.name();
            database.createUser(member, "x", "");
            database.execute("GRANT %s TO %s".formatted(user, member));
            source.undo();
            try (AdminSession session = source.open()) {
                assertThat(session.undoing().notes()).anySatisfy(note -> assertThat(note).contains("has members, so it stays"));
            }
            database.execute("DROP USER " + member);
            source.apply();
            source.undo();
            assertThat(database.value("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'Mill%%%s'".formatted(database.name()))).isEqualTo("0");
        }
    }

    private static List<String> shown(Preparation preparation) {
        return preparation.steps().stream().flatMap(step -> step.acts().stream()).map(Act::shown).toList();
    }

    @Test
    void a_user_who_logs_in_by_a_token_is_granted_the_role_for_that_and_has_no_password() {
        try (DedicatedPostgres server = TestPostgres.dedicated(17, Map.of());
                TestDatabase database = server.newDatabase()) {
            database.execute("CREATE ROLE rds_iam");
            Source source = new Source(
                    database, database.name(), database.user(), database.password(), new PrepareSettings(
                            xmin(), database.name(), "reader", Proof.AWS_IAM, Selection.everything(), Hosting.RDS));
            assertThat(source.apply()).contains("CREATE USER \"reader\";", "GRANT rds_iam TO \"reader\";");
            assertThat(database.value("SELECT pg_has_role('reader', 'rds_iam', 'member')")).isEqualTo("t");
            source.undo();
        }
        PrepareSettings unseen = new PrepareSettings(
                xmin(), "shop", "millrace", Proof.AWS_IAM, only(Set.of(MILLS), Set.of()), Hosting.AURORA);
        assertThat(shown(AdminSession.everything(unseen))).contains("CREATE USER \"millrace\";", "GRANT rds_iam TO \"millrace\";");
    }

    @Test
    void a_schema_of_somebodys_own_that_is_called_as_ours_is_granted() {
        try (TestDatabase database = filled(17)) {
            database.execute("CREATE SCHEMA millrace", "CREATE TABLE millrace.stones (id int PRIMARY KEY)", "CREATE SCHEMA fivetran");
            Source source = Source.of(database, log(database), Selection.everything());
            assertThat(source.apply())
                    .anySatisfy(shown -> assertThat(shown).startsWith("GRANT SELECT ON ALL TABLES IN SCHEMA \"millrace\""))
                    .noneSatisfy(shown -> assertThat(shown).contains("fivetran"));
            source.undo();
        }
    }

    @Test
    void a_table_without_a_key_is_told_of_also_where_the_publication_holds_all_tables() {
        try (TestDatabase database = filled(17)) {
            Source source = Source.of(database, log(database), Selection.everything());
            database.execute(
                    "CREATE TABLE \"page views\" (at int)",
                    "CREATE PUBLICATION %s FOR ALL TABLES".formatted(TableName.quote(((Following.Log) source.settings().following()).publication())));
            try (AdminSession session = source.open()) {
                assertThat(session.missing().notes())
                        .anySatisfy(note -> assertThat(note).contains("refuses updates and deletes", "public.page views"));
            }
        }
    }

    @Test
    void only_a_login_that_is_refused_means_that_nobody_can_look() throws IOException {
        try (TestDatabase database = filled(17)) {
            Source source = Source.of(database, log(database), Selection.everything());
            assertThat(AdminSession.ofUser(source.endpoint("nobody", "x"), source.settings())).isEmpty();
            PostgresEndpoint missing = new PostgresEndpoint(
                    database.host(), database.port(), "no_such_database", database.user(), Secret.of(database.password()), Map.of());
            assertThat(AdminSession.ofUser(missing, source.settings())).isEmpty();
            int port = portThatNobodyListensAt();
            PostgresEndpoint away = new PostgresEndpoint("127.0.0.1", port, database.name(), "nobody", Secret.of(""), Map.of());
            assertThatExceptionOfType(Fault.class)
                    .isThrownBy(() -> AdminSession.ofUser(away, source.settings()))
                    .satisfies(fault -> assertThat(fault.kind()).isEqualTo(FaultKind.HOST_UNREACHABLE));
        }
    }

    private static int portThatNobodyListensAt() throws IOException {
        try (ServerSocket closed = new ServerSocket(0)) {
            return closed.getLocalPort();
        }
    }

    @Test
    void a_server_that_takes_no_writes_is_told_and_what_others_made_is_not_taken_away() {
        try (TestDatabase database = filled(17);
                TestDatabase other = TestPostgres.version(17).newDatabase()) {
            Source source = Source.of(database, log(database), Selection.everything());
            other.execute("SELECT pg_create_logical_replication_slot('slot_%s', 'pgoutput')".formatted(database.name()));
            try (AdminSession session = source.open()) {
                assertThat(session.undoing().steps()).isEmpty();
                assertThat(session.undoing().notes()).anySatisfy(note -> assertThat(note).contains("another database"));
            }
            database.execute("ALTER DATABASE %s SET default_transaction_read_only = on".formatted(database.name()));
            assertThatExceptionOfType(Fault.class).isThrownBy(source::apply).satisfies(fault -> {
                assertThat(fault.kind()).isEqualTo(FaultKind.SOURCE_REFUSED);
                assertThat(fault.remedy()).contains("Name the primary");
            });
        }
    }

    @Test
    void a_user_who_may_not_log_in_is_let_in_with_the_password_of_the_settings() {
        try (TestDatabase database = filled(17)) {
            Source source = Source.of(database, xmin(), only(Set.of(MILLS), Set.of()));
            database.createUser(source.settings().user(), "another", "NOLOGIN");
            assertThat(source.apply()).anySatisfy(shown -> assertThat(shown).endsWith(" LOGIN;"));
            assertThat(source.check()).extracting(Finding::outcome).doesNotContain(Outcome.FAILED);
        }
    }

    @Test
    void where_nobody_can_look_everything_is_said_that_the_settings_name() {
        PrepareSettings settings = new PrepareSettings(
                new Following.Log("s", "p"), "shop", "millrace", Proof.PASSWORD, only(Set.of(MILLS, ODD), Set.of("secret")), Hosting.AURORA);
        List<String> shown = AdminSession.everything(settings).steps().stream()
                .flatMap(step -> step.acts().stream())
                .map(Act::shown)
                .toList();
        assertThat(shown).contains(
                "CREATE USER \"millrace\" PASSWORD :'millrace_password';",
                "GRANT rds_replication TO \"millrace\";",
                "GRANT USAGE ON SCHEMA \"public\" TO \"millrace\";",
                "CREATE PUBLICATION \"p\" FOR TABLE %s, \"public\".\"mills\" WITH (publish_via_partition_root = true);".formatted(ODD.quoted()),
                "SELECT pg_create_logical_replication_slot('s', 'pgoutput');");
    }

    @Test
    void the_providers_side_takes_names_from_the_host_and_nothing_that_a_shell_would_run() {
        ProviderSide aurora = new ProviderSide(Hosting.AURORA, "orders.cluster-abc123.eu-west-1.rds.amazonaws.com", 5433, true);
        assertThat(aurora.commands().orElseThrow()).contains("AWS_REGION=eu-west-1", "CLUSTER=orders", "rds.logical_replication,ParameterValue=1", "--port 5433", "reboot-db-instance", "create-network-acl-entry");
        assertThat(aurora.terraform().orElseThrow()).contains("aws_rds_cluster_parameter_group", "aws_vpc_security_group_ingress_rule", "aws_network_acl_rule", "5433");
        ProviderSide rds = new ProviderSide(Hosting.RDS, "db.abc123.us-gov-west-1.rds.amazonaws.com", 5432, false);
        assertThat(rds.commands().orElseThrow()).contains("INSTANCE=db", "AWS_REGION=us-gov-west-1").doesNotContain("logical");
        assertThat(rds.terraform().orElseThrow()).doesNotContain("parameter_group");
        assertThat(new ProviderSide(Hosting.RDS, "x; rm -rf /", 5432, true).commands().orElseThrow()).contains("INSTANCE=NAME").doesNotContain("rm -rf");
        assertThat(new ProviderSide(Hosting.GOOGLE, "h", 5432, true).commands().orElseThrow()).contains("cloudsql.logical_decoding=on");
        assertThat(new ProviderSide(Hosting.AZURE, "h", 5432, true).commands().orElseThrow()).contains("--name wal_level --value logical");
        assertThat(new ProviderSide(Hosting.OWN, "h", 5432, true).commands()).isEmpty();
    }
}
