package dev.millrace.source.check;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.core.check.SetupTest;
import dev.millrace.core.secret.Secret;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Selection;
import dev.millrace.postgres.session.PostgresEndpoint;
import dev.millrace.source.Following;
import dev.millrace.source.Hosting;
import dev.millrace.testkit.postgres.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the setup tests say of a test database.
///
/// @param findings all of them, in order
record Asked(List<Finding> findings) {

    static final Following.Xmin XMIN = new Following.Xmin(Duration.ofSeconds(10));

    /// What is asked, of whom.
    ///
    /// @param database where
    /// @param user who logs in
    /// @param password with what
    /// @param following how changes are to be followed
    /// @param selection what is wanted
    record Of(TestDatabase database, String user, String password, Following following, Selection selection) {

        /// The superuser, with the log through publication `pub` and the slot of the database's name, and everything.
        static Of superuser(TestDatabase database) {
            return new Of(database, database.user(), database.password(), log(database), Selection.everything());
        }

        static Following.Log log(TestDatabase database) {
            return new Following.Log("slot_" + database.name(), "pub");
        }

        Of as(String other, String otherPassword) {
            return new Of(database, other, otherPassword, following, selection);
        }

        Of by(Following other) {
            return new Of(database, user, password, other, selection);
        }

        Of only(Selection other) {
            return new Of(database, user, password, following, other);
        }

        CheckSettings settings() {
            return settings(database.name());
        }

        private CheckSettings settings(String name) {
            return new CheckSettings(following, name, user, selection, Hosting.OWN, Duration.ofSeconds(10), () -> false);
        }

        PostgresEndpoint endpoint() {
            return endpoint(database.port(), database.name());
        }

        PostgresEndpoint endpoint(int port, String name) {
            return new PostgresEndpoint(database.host(), port, name, user, Secret.of(password), Map.of());
        }

        Asked ask() {
            return ask(database.port(), database.name());
        }

        /// The same at another port, or of another database.
        Asked ask(int port, String name) {
            List<Finding> findings = new ArrayList<>();
            new SourceChecks(endpoint(port, name), settings(name)).ask(findings::add);
            return new Asked(findings);
        }

        /// What one question says.
        Asked ask(Question question) throws SQLException {
            try (Connection session = endpoint().open()) {
                return new Asked(question.ask(session));
            }
        }
    }

    /// A selection of these tables and no other, without some columns of them.
    static Selection only(Set<TableName> tables, Set<String> columnsLeftOut) {
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
            public Set<TableName> named() {
                return tables;
            }

            @Override
            public Set<String> named(TableName table) {
                return columnsLeftOut;
            }
        };
    }

    /// Those of a test.
    List<Finding> of(SetupTest test) {
        return findings.stream().filter(finding -> finding.test() == test).toList();
    }

    /// The worst of a test's.
    Finding worst(SetupTest test) {
        return of(test).stream()
                .reduce((one, other) -> one.outcome().compareTo(other.outcome()) >= 0 ? one : other)
                .orElseThrow(() -> new AssertionError("Nothing was said of " + test));
    }

    /// The worst of all.
    Outcome outcome() {
        return findings.stream().map(Finding::outcome).reduce((one, other) -> one.compareTo(other) >= 0 ? one : other).orElseThrow();
    }

    /// Whatever can be pasted of a remedy: its lines, without those that are comments.
    static String[] statements(Finding finding) {
        return finding.remedy()
                .lines()
                .filter(line -> !line.startsWith("--"))
                .map(line -> line.replaceFirst("; -- [^\"]*$", ";"))
                .toArray(String[]::new);
    }
}
