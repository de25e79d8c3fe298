package dev.millrace.worker;

import dev.millrace.core.destination.CopyPlace;
import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.ReadableDestination;
import dev.millrace.core.route.Route;
import dev.millrace.core.run.SyncRun;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.secret.Secret;
import dev.millrace.destination.duckdb.fingerprint.DuckFingerprints;
import dev.millrace.postgres.session.Login;
import dev.millrace.postgres.session.PostgresEndpoint;
import dev.millrace.source.Following;
import dev.millrace.source.Hosting;
import dev.millrace.source.PostgresSource;
import dev.millrace.source.PostgresSourceSettings;
import dev.millrace.source.check.CheckSettings;
import dev.millrace.source.check.SourceChecks;
import dev.millrace.source.fault.PostgresFaults;
import dev.millrace.source.frozen.FrozenPages;
import dev.millrace.source.prepare.AdminSession;
import dev.millrace.source.prepare.PrepareSettings;
import dev.millrace.source.prepare.ProviderSide;
import dev.millrace.source.wal.SlotStatus;
import dev.millrace.worker.check.RouteTests;
import dev.millrace.worker.check.SetupTests;
import dev.millrace.worker.holder.HolderAddress;
import dev.millrace.worker.settings.AuthMethod;
import dev.millrace.worker.settings.ConnectionSettings;
import dev.millrace.worker.settings.SourceSettings;
import dev.millrace.worker.settings.UpdateMethod;
import dev.millrace.worker.verify.Verifier;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Makes the parts of one connection from its settings; the only place where a source and a destination are put together.
///
/// @param settings of the connection
/// @param clock for stamps
/// @param route to the source, shared by all that is made here; opened when it is first dialled
/// @param besideWriters whether other connections of this process may be writing the same destination
public record Wiring(ConnectionSettings settings, InstantSource clock, Route route, boolean besideWriters) implements AutoCloseable {

    private static final Duration FENCE_PATIENCE = Duration.ofMinutes(5);

    /// The only connection of this process, with the route that the settings name.
    public Wiring(ConnectionSettings settings, InstantSource clock) {
        this(settings, clock, Ways.route(settings), false);
    }

    /// One of several connections of this process, with the route that the settings name.
    public static Wiring besideWriters(ConnectionSettings settings, InstantSource clock) {
        return new Wiring(settings, clock, Ways.route(settings), true);
    }

    /// Opens the source; to be closed by the caller.
    ///
    /// @param memory what the destination remembers, which decides what is new to it
    /// @param salt the destination's
    public PostgresSource source(Memory memory, Salt salt) {
        return new PostgresSource(
                endpoint(),
                new PostgresSourceSettings(
                        following(), settings.selection().after(memory), salt, spool(), settings.limits()));
    }

    /// Where the copy is kept.
    public CopyPlace place() {
        return new Places(settings.schemaPrefix(), settings.systemColumnPrefix(), settings.naming(), settings.selection().layouts(), besideWriters)
                .of(settings.destination());
    }

    /// Where the process that writes the copy answers questions about it.
    public HolderAddress holder() {
        return HolderAddress.of(settings.destination().local());
    }

    /// Prepares the comparison of both ends of a run that goes on.
    ///
    /// @param destination that the run writes to
    Verifier verifier(SyncRun run, ReadableDestination destination) {
        return new Verifier(run, () -> following().side(openSource(), destination.salt()), destination::side, FENCE_PATIENCE);
    }

    private Following following() {
        return switch (settings.source().updateMethod()) {
            case UpdateMethod.WalPgoutput(String slot, String publication) -> new Following.Log(slot, publication);
            case UpdateMethod.Xmin(Duration pause) -> new Following.Xmin(pause);
            case UpdateMethod.Teleport(Duration pause) -> new Following.Teleport(pause, () -> DuckFingerprints.open(keys()));
        };
    }

    /// Asks the source how its log and the slot stand; empty if it is not followed through the log.
    public Optional<SlotStatus> slotStatus() {
        if (!(settings.source().updateMethod() instanceof UpdateMethod.WalPgoutput(String slot, _))) {
            return Optional.empty();
        }
        try (Connection session = openSource()) {
            return Optional.of(SlotStatus.read(session, slot));
        } catch (SQLException e) {
            throw PostgresFaults.of(e, settings.source().host());
        }
    }

    /// Why each look at the source's tables reads every page of them, for people; empty if it leaves out those without new rows.
    public String whyEveryPageIsRead() {
        try (Connection session = openSource()) {
            return FrozenPages.whyOff(session).map("Each look reads every page. "::concat).orElse("");
        } catch (SQLException e) {
            throw PostgresFaults.of(e, settings.source().host());
        }
    }

    /// The setup tests of the source.
    ///
    /// @param ownSyncRuns whether a sync of this connection is at work now
    public SetupTests setupTests(BooleanSupplier ownSyncRuns) {
        SourceSettings source = settings.source();
        CheckSettings checked = new CheckSettings(
                following(),
                source.database(),
                source.user(),
                settings.selection(),
                hosting(),
                settings.limits().statusInterval(),
                ownSyncRuns);
        return new SetupTests(routeTests(), new SourceChecks(endpoint(), checked));
    }

    /// The setup tests of the way to the source.
    public RouteTests routeTests() {
        SourceAccess access = new SourceAccess(settings.source());
        return new RouteTests(route, access.tls(), access.privateHosts(), clock);
    }

    /// What the source is made ready for.
    public PrepareSettings prepareSettings() {
        SourceSettings source = settings.source();
        return new PrepareSettings(
                following(), source.database(), source.user(), proof(source), settings.selection(), hosting());
    }

    private static PrepareSettings.Proof proof(SourceSettings source) {
        return switch (source.authMethod()) {
            case AuthMethod.AwsIam _ -> PrepareSettings.Proof.AWS_IAM;
            case AuthMethod.Password _, AuthMethod.ClientCertificate _ -> source.password().isEmpty()
                    ? PrepareSettings.Proof.OTHER
                    : PrepareSettings.Proof.PASSWORD;
        };
    }

    /// What has to be done at the source's provider.
    public ProviderSide providerSide() {
        SourceSettings source = settings.source();
        return new ProviderSide(
                hosting(), source.host(), source.port(), source.updateMethod() instanceof UpdateMethod.WalPgoutput);
    }

    /// Logs in to the source as an administrator, to make it ready; to be closed by the caller.
    public AdminSession adminSession(String user, Secret password) {
        PostgresEndpoint own = endpoint();
        PostgresEndpoint admin = own.as(user, Login.by(password));
        return AdminSession.open(admin, own, prepareSettings());
    }

    /// Logs in to the source as the settings have it, to see what is there; to be closed by the caller. Empty if it is not let in.
    ///
    /// @throws Fault if something else stands in the way
    public Optional<AdminSession> ownSession() {
        return AdminSession.ofUser(endpoint(), prepareSettings());
    }

    private Hosting hosting() {
        return switch (settings.source().service()) {
            case POSTGRES -> Hosting.OWN;
            case POSTGRES_RDS -> Hosting.RDS;
            case AURORA_POSTGRES -> Hosting.AURORA;
            case GOOGLE_CLOUD_POSTGRESQL -> Hosting.GOOGLE;
            case AZURE_POSTGRES -> Hosting.AZURE;
            case HEROKU_POSTGRES -> Hosting.HEROKU;
        };
    }

    private Connection openSource() {
        try {
            return endpoint().open();
        } catch (SQLException e) {
            throw PostgresFaults.of(e, settings.source().host());
        }
    }

    private PostgresEndpoint endpoint() {
        return new SourceAccess(settings.source()).endpoint(route);
    }

    /// Where the keys of the destination are kept, for finding those that are gone.
    private Path keys() {
        Path local = settings.destination().local();
        return local.resolveSibling("%s.%s.keys".formatted(local.getFileName(), settings.schemaPrefix()));
    }

    /// Where transactions that do not fit in memory are put for a while.
    private Path spool() {
        Path local = settings.destination().local();
        return local.resolveSibling(local.getFileName() + ".spool");
    }

    /// Closes the route; what was made here must be closed before.
    @Override
    public void close() {
        route.close();
    }
}
