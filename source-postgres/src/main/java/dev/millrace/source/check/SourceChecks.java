package dev.millrace.source.check;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.SetupTest;
import dev.millrace.core.fault.Fault;
import dev.millrace.postgres.session.Sessions;
import dev.millrace.source.fault.PostgresFaults;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/// Asks a database every setup test, one after another in one session, and tells each finding as it is had. Nothing is written, and nothing waits for longer than a limit.
public final class SourceChecks {

    private static final Duration STATEMENT_LIMIT = Duration.ofSeconds(15);
    private static final Duration LOCK_LIMIT = Duration.ofSeconds(2);

    /// What every session of a check begins with.
    static final String LIMITS = "SET statement_timeout = %d; SET lock_timeout = %d; SET default_transaction_read_only = on"
            .formatted(STATEMENT_LIMIT.toMillis(), LOCK_LIMIT.toMillis());

    /// For a server that is gone without a word; longer than any statement may take.
    static final Duration SILENCE_LIMIT = Duration.ofSeconds(30);

    private static final String CANCELLED = "57014";
    private static final String LOCK_NOT_HAD = "55P03";

    private final Sessions sessions;
    private final CheckSettings settings;
    private final List<Question> questions;

    /// Opens nothing yet.
    public SourceChecks(Sessions sessions, CheckSettings settings) {
        this(sessions, settings, questions(sessions, settings));
    }

    SourceChecks(Sessions sessions, CheckSettings settings, List<Question> questions) {
        this.sessions = sessions;
        this.settings = settings;
        this.questions = questions;
    }

    /// Every question, in the order of [SetupTest]. That of the login itself comes first.
    private static List<Question> questions(Sessions sessions, CheckSettings settings) {
        return List.of(
                new ServerQuestion(settings),
                new SlotQuestion(settings),
                new ConfigurationQuestion(settings),
                new PublicationQuestion(settings),
                new SpeedQuestion(settings, sessions),
                new VisibilityQuestion(settings),
                new ReadableQuestion(settings),
                new RowSecurityQuestion(settings),
                new EncodingQuestion(),
                new OpenTransactionsQuestion(settings));
    }

    /// Asks everything.
    ///
    /// @param findings is told each finding, in the order of [SetupTest]; on the caller's thread
    public void ask(Consumer<Finding> findings) {
        Connection session;
        try {
            session = open();
        } catch (SQLException e) {
            findings.accept(LoginFindings.of(e, settings));
            skipRest("The database did not let us in.", findings);
            return;
        } catch (Fault fault) {
            findings.accept(Finding.failed(SetupTest.DATABASE, fault.description(), fault.remedy()));
            skipRest("The database was not reached.", findings);
            return;
        }
        try {
            for (Question question : questions) {
                session = answered(question, session, findings);
            }
        } finally {
            closeQuietly(session);
        }
    }

    /// Asks one question.
    ///
    /// @return the session for the next one: another, if the question broke this one
    private Connection answered(Question question, Connection session, Consumer<Finding> findings) {
        try {
            question.ask(session).forEach(findings);
            return session;
        } catch (SQLException e) {
            findings.accept(refused(question.test(), e));
        } catch (Fault fault) {
            findings.accept(Finding.failed(question.test(), fault.description(), fault.remedy()));
        }
        return stillGood(session);
    }

    private Connection stillGood(Connection session) {
        try {
            if (session.isValid(5)) {
                return session;
            }
            closeQuietly(session);
            return open();
        } catch (SQLException | Fault _) {
            // The questions that are left say so themselves.
            return session;
        }
    }

    private static Finding refused(SetupTest test, SQLException e) {
        if (LOCK_NOT_HAD.equals(e.getSQLState())) {
            return Finding.warning(
                    test,
                    "Somebody holds a lock for longer than %d seconds, so this could not be looked into.".formatted(LOCK_LIMIT.toSeconds()),
                    "-- ask again; if it lasts, who holds it:\nSELECT pid, relation::regclass, mode FROM pg_locks WHERE granted AND mode = 'AccessExclusiveLock';");
        }
        if (CANCELLED.equals(e.getSQLState())) {
            return Finding.warning(
                    test,
                    "The server did not answer within %d seconds, so this could not be looked into.".formatted(STATEMENT_LIMIT.toSeconds()),
                    "Ask again when the server has less to do.");
        }
        Fault fault = PostgresFaults.of(e, "this question");
        return Finding.failed(test, fault.description(), fault.remedy());
    }

    /// Asks nothing.
    ///
    /// @param why what it builds on and is not so
    public void skip(String why, Consumer<Finding> findings) {
        questions.stream().map(Question::test).forEach(test -> findings.accept(Finding.skipped(test, why)));
    }

    private void skipRest(String why, Consumer<Finding> findings) {
        questions.stream()
                .map(Question::test)
                .filter(test -> test != SetupTest.DATABASE)
                .forEach(test -> findings.accept(Finding.skipped(test, why)));
    }

    private Connection open() throws SQLException {
        Connection session = sessions.open();
        try (Statement statement = session.createStatement()) {
            session.setNetworkTimeout(Runnable::run, Math.toIntExact(SILENCE_LIMIT.toMillis()));
            statement.execute(LIMITS);
            return session;
        } catch (SQLException e) {
            closeQuietly(session);
            throw e;
        }
    }

    private static void closeQuietly(Connection session) {
        try {
            session.close();
        } catch (SQLException _) {
            // It is of no use any more either way.
        }
    }
}
