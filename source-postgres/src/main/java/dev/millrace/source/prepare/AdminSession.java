package dev.millrace.source.prepare;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.secret.Secret;
import dev.millrace.core.shape.TableName;
import dev.millrace.postgres.session.Sessions;
import dev.millrace.source.fault.PostgresFaults;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.function.Consumer;
import org.postgresql.PGConnection;

/// A session in which a source is looked at and made ready. Belongs to one thread.
public final class AdminSession implements AutoCloseable {

    private static final String LIMITS = "SET statement_timeout = '60s'; SET lock_timeout = '10s'";
    private static final String CANCELLED = "57014";
    private static final String LOCK_NOT_HAD = "55P03";
    private static final String READ_ONLY = "25006";
    private static final String PASSWORD_REFUSED = "28P01";
    private static final String NO_PASSWORD = "08004";

    private final Connection session;
    private final PrepareSettings settings;
    private final Sessions user;
    private final boolean isAdmin;

    private AdminSession(Connection session, PrepareSettings settings, Sessions user, boolean isAdmin) {
        this.session = session;
        this.settings = settings;
        this.user = user;
        this.isAdmin = isAdmin;
    }

    /// Logs in as an administrator.
    ///
    /// @param admin opens the session
    /// @param user opens sessions of the user whose source it will be; tried once, to see whether its password is right
    /// @throws Fault if the login is refused
    public static AdminSession open(Sessions admin, Sessions user, PrepareSettings settings) {
        try {
            return new AdminSession(limited(admin.open()), settings, user, true);
        } catch (SQLException e) {
            throw ofAdmin(PostgresFaults.of(e, "the administrator's login"));
        } catch (Fault fault) {
            throw ofAdmin(fault);
        }
    }

    /// The settings have another login, which is not at fault.
    private static Fault ofAdmin(Fault fault) {
        return fault.kind() == FaultKind.LOGIN_REFUSED
                ? new Fault(
                        fault.kind(),
                        fault.subject(),
                        fault.description(),
                        "Correct --admin-user and --admin-password, or let the administrator in from here by a line of its own in `pg_hba.conf` on the server. Nothing was done.",
                        fault)
                : fault;
    }

    /// Logs in as the user itself, which sees what is there and may not alter it; empty if the database does not let it in, as it is before anything was made.
    ///
    /// @throws Fault if something else stands in the way: the server is not reached, or not believed
    public static Optional<AdminSession> ofUser(Sessions user, PrepareSettings settings) {
        try {
            return Optional.of(new AdminSession(limited(user.open()), settings, user, false));
        } catch (SQLException e) {
            return notLetIn(PostgresFaults.of(e, "the user's login"));
        } catch (Fault fault) {
            return notLetIn(fault);
        }
    }

    private static Optional<AdminSession> notLetIn(Fault fault) {
        return switch (fault.kind()) {
            case LOGIN_REFUSED, DATABASE_MISSING, PERMISSION_MISSING -> Optional.empty();
            default -> throw fault;
        };
    }

    private static Connection limited(Connection opened) throws SQLException {
        try (Statement statement = opened.createStatement()) {
            statement.execute(LIMITS);
            return opened;
        } catch (SQLException e) {
            opened.close();
            throw e;
        }
    }

    /// What the source still needs.
    public Preparation missing() {
        return Preparing.of(settings, present());
    }

    /// What would be needed if nobody could look.
    public static Preparation everything(PrepareSettings settings) {
        return Preparing.of(settings, Present.unknown(settings));
    }

    /// What takes away again what is there.
    ///
    /// @throws Fault if the slot is being read
    public Preparation undoing() {
        return Undoing.of(settings, present());
    }

    private Present present() {
        try {
            Present present = new PresentReader(session, settings, isAdmin).read();
            if (!isAdmin || !settings.hasPassword() || present.role().isEmpty()) {
                return present;
            }
            return new Present(
                    true,
                    present.server(),
                    present.role().map(role -> role.takingPassword(takesPassword())),
                    present.schemas(),
                    present.tables(),
                    present.publication(),
                    present.slot(),
                    present.visibility());
        } catch (SQLException e) {
            throw PostgresFaults.of(e, "the catalogue");
        }
    }

    /// Tried, since nobody can be asked; what is refused for another reason than the password is not about the password.
    private boolean takesPassword() {
        try (Connection opened = user.open()) {
            return opened.isValid(5);
        } catch (SQLException e) {
            return !PASSWORD_REFUSED.equals(e.getSQLState()) && !NO_PASSWORD.equals(e.getSQLState());
        }
    }

    /// Carries acts out one by one, each committed for itself; those that are for a person are passed over. What was done stays done if one fails, and
    /// what is left is found by looking again.
    ///
    /// @param password of the user that is made; goes to the server as a verifier, not as it is
    /// @param done is told each act after it was carried out
    /// @throws Fault if the server refuses one
    public void carryOut(Preparation preparation, Secret password, Consumer<Act> done) {
        for (Preparation.Step step : preparation.steps()) {
            for (Act act : step.acts()) {
                try {
                    if (carryOut(act, password)) {
                        done.accept(act);
                    }
                } catch (SQLException e) {
                    throw refused(act, e);
                }
            }
        }
    }

    private boolean carryOut(Act act, Secret password) throws SQLException {
        switch (act) {
            case Act.Sql(String text) -> execute(text);
            case Act.MakeUser(String name, boolean hasPassword) -> {
                execute("CREATE USER %s".formatted(TableName.quote(name)));
                if (hasPassword) {
                    setPassword(name, password);
                }
            }
            case Act.SetPassword(String name) -> setPassword(name, password);
            case Act.ByHand _ -> {
                return false;
            }
        }
        return true;
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute(sql);
        }
    }

    private void setPassword(String name, Secret password) throws SQLException {
        session.unwrap(PGConnection.class).alterUserPassword(name, password.reveal().toCharArray(), null);
    }

    private static Fault refused(Act act, SQLException e) {
        String shown = act.shown().lines().findFirst().orElse("");
        if (CANCELLED.equals(e.getSQLState()) || LOCK_NOT_HAD.equals(e.getSQLState())) {
            return new Fault(
                    FaultKind.SOURCE_BUSY,
                    shown,
                    "This had to wait for too long and was given up: %s What came before it is done.".formatted(shown),
                    "A slot waits for transactions that have written and not ended; `./millrace check` names them. Then run prepare again: it does what is left.",
                    e);
        }
        if (READ_ONLY.equals(e.getSQLState())) {
            return new Fault(
                    FaultKind.SOURCE_REFUSED,
                    shown,
                    "The server is a standby, or takes no writes for another reason: %s was refused.".formatted(shown),
                    "Name the primary as `source.host` and run prepare again; then name the standby again, and prepare there makes the slot.",
                    e);
        }
        Fault fault = PostgresFaults.of(e, "`" + shown + "`");
        return new Fault(
                fault.kind(),
                shown,
                fault.description() + " What came before it is done.",
                fault.kind() == FaultKind.PERMISSION_MISSING
                        ? "Name an administrator who may do that (a superuser; on AWS a member of rds_superuser) with --admin-user, or have its owner run it. Then run prepare again: it does what is left."
                        : fault.remedy(),
                e);
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (SQLException e) {
            throw PostgresFaults.of(e, "the administrator's session");
        }
    }
}
