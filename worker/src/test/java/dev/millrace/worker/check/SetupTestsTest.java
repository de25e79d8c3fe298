package dev.millrace.worker.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.core.check.SetupTest;
import dev.millrace.core.source.Selection;
import dev.millrace.postgres.session.Sessions;
import dev.millrace.source.Following;
import dev.millrace.source.Hosting;
import dev.millrace.source.check.CheckSettings;
import dev.millrace.source.check.SourceChecks;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SetupTestsTest {

    private static final CheckSettings SETTINGS = new CheckSettings(
            new Following.Log("slot", "pub"), "shop", "millrace", Selection.everything(), Hosting.OWN, Duration.ofSeconds(10), () -> false);

    /// Refuses every login.
    private static final class Closed implements Sessions {

        private int dialled;

        @Override
        public Connection open() throws SQLException {
            dialled++;
            throw new SQLException("no", "57P03");
        }

        @Override
        public Connection openReplication() throws SQLException {
            return open();
        }
    }

    @Test
    void a_database_to_which_no_way_leads_is_not_dialled() {
        Closed sessions = new Closed();
        List<Finding> findings = new ArrayList<>();
        WayTests way = told -> {
            told.accept(Finding.skipped(SetupTest.SSH_TUNNEL, "There is none."));
            told.accept(Finding.failed(SetupTest.HOST, "Nothing answers.", "Mend it."));
            return false;
        };
        assertThat(new SetupTests(way, new SourceChecks(sessions, SETTINGS)).ask(findings::add)).isEqualTo(Outcome.FAILED);
        assertThat(sessions.dialled).isZero();
        assertThat(findings.stream().skip(2)).extracting(Finding::outcome).hasSize(10).containsOnly(Outcome.SKIPPED);
        assertThat(findings).extracting(Finding::test).isSorted();
    }

    @Test
    void what_was_not_asked_counts_for_nothing() {
        List<Finding> findings = new ArrayList<>();
        WayTests way = told -> {
            told.accept(Finding.passed(SetupTest.HOST, "It answers."));
            return false;
        };
        assertThat(new SetupTests(way, new SourceChecks(new Closed(), SETTINGS)).ask(findings::add)).isEqualTo(Outcome.PASSED);
        assertThat(new SetupTests(WayTests.none(), new SourceChecks(new Closed(), SETTINGS)).ask(findings::add)).isEqualTo(Outcome.FAILED);
    }
}
