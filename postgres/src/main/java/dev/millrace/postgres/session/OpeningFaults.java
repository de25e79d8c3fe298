package dev.millrace.postgres.session;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.route.Address;
import dev.millrace.core.secret.Secret;
import dev.millrace.postgres.dial.DialFaults;
import dev.millrace.postgres.dial.NotDialled;
import dev.millrace.postgres.fault.NotOpened;
import dev.millrace.postgres.fault.ServerWords;
import dev.millrace.postgres.tls.CertificateRefused;
import dev.millrace.postgres.tls.ChannelBinding;
import dev.millrace.postgres.tls.TlsFaults;
import dev.millrace.postgres.tls.TlsPolicy;
import dev.millrace.postgres.tls.UnusableTls;
import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// What the driver's exceptions mean while a session is being opened, when they can mean less than later on.
final class OpeningFaults {

    private OpeningFaults() {}

    /// The exception with the fault that it is, if that can be told from what was asked for; otherwise the exception.
    static SQLException named(SQLException e, Address server, TlsPolicy tls, Login login) {
        return fault(e, server, tls, login).<SQLException>map(fault -> new NotOpened(fault, e)).orElse(e);
    }

    private static Optional<Fault> fault(SQLException e, Address server, TlsPolicy tls, Login login) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            Fault fault =
                    switch (cause) {
                        case CertificateRefused refused -> TlsFaults.of(refused, server);
                        case UnusableTls unusable -> TlsFaults.of(unusable, server);
                        case NotDialled failure -> DialFaults.of(failure, server);
                        case SocketTimeoutException silence -> DialFaults.silent(server, silence);
                        case SSLException failure when !has(failure, CertificateRefused.class) && !has(failure, SocketException.class) -> TlsFaults.of(failure, server);
                        case EOFException end -> ended(server, tls, end);
                        case SocketException end -> ended(server, tls, end);
                        default -> null;
                    };
            if (fault != null) {
                return Optional.of(fault);
            }
        }
        return byState(e, server, tls, login);
    }

    private static Fault ended(Address server, TlsPolicy tls, Throwable end) {
        return tls.client().isPresent() ? TlsFaults.clientRefused(server, end) : DialFaults.closed(server, end);
    }

    private static Optional<Fault> byState(SQLException e, Address server, TlsPolicy tls, Login login) {
        return switch (String.valueOf(e.getSQLState())) {
            case "08P01" -> Optional.of(TlsFaults.notPostgres(server, e));
            case "08001" -> Optional.of(DialFaults.silent(server, e));
            case "08004" -> rejected(e, server, tls, login);
            case "28000", "28P01" -> login instanceof Login.Token ? Optional.of(tokenRefused(server, e)) : Optional.empty();
            default -> Optional.empty();
        };
    }

    /// The driver has one SQLSTATE for a server without TLS, for one that asks for a password where there is none, and for a login that cannot be
    /// bound; only the first has to be told by its text.
    private static Optional<Fault> rejected(SQLException e, Address server, TlsPolicy tls, Login login) {
        if (String.valueOf(e.getMessage()).contains("does not support SSL")) {
            return Optional.of(TlsFaults.missing(server, tls.mode(), e));
        }
        if (login instanceof Login.Password(Secret password) && password.isEmpty()) {
            return Optional.of(new Fault(
                    FaultKind.LOGIN_REFUSED,
                    server.toString(),
                    "The server %s asks for a password, and there is none.".formatted(server),
                    "Write `password: ${env:NAME}` or `${file:PATH}` under `source` in the settings; for an administrator give --admin-password.",
                    e));
        }
        return tls.channelBinding() == ChannelBinding.REQUIRE ? Optional.of(unbound(server, e)) : Optional.empty();
    }

    private static Fault unbound(Address server, SQLException e) {
        return new Fault(
                FaultKind.LOGIN_REFUSED,
                server.toString(),
                "The login at %s cannot be bound to its TLS session, which `channel_binding: require` asks for, so no password was sent: %s"
                        .formatted(server, e.getMessage()),
                "It takes TLS, PostgreSQL 11 or later, and a password that is kept as SCRAM: set `password_encryption = 'scram-sha-256'`, give the user the password again, and"
                        + " have `pg_hba.conf` ask for `scram-sha-256`. Something that ends TLS between (a pooler, a proxy) makes it impossible: then"
                        + " `channel_binding: prefer`.",
                e);
    }

    private static Fault tokenRefused(Address server, SQLException e) {
        return new Fault(
                FaultKind.LOGIN_REFUSED,
                server.toString(),
                "The server %s refused the IAM token: %s. A token is good for 15 minutes by the server's clock, and this machine's says %s."
                        .formatted(server, ServerWords.of(e), InstantSource.system().instant().truncatedTo(ChronoUnit.SECONDS)),
                "Check in this order: this machine's clock (more than 5 minutes off is too much); `GRANT rds_iam TO` the user; that IAM authentication is switched on"
                        + " for the database; that the policy of these credentials allows `rds-db:connect` for the database's resource id and this"
                        + " user; that `host` is the database's own name, or `tls_server_name` gives it; `aws_region`.",
                e);
    }

    private static boolean has(@Nullable Throwable e, Class<? extends Throwable> kind) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
