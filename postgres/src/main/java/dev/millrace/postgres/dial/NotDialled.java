package dev.millrace.postgres.dial;

import dev.millrace.core.route.Address;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// No socket could be had.
public final class NotDialled extends IOException {

    /// Why not.
    public enum Reason {
        /// The name service has no address for the name.
        UNRESOLVABLE,
        /// Every address is private, and those are refused.
        PRIVATE,
        /// An address answers, and nothing listens at the port.
        REFUSED,
        /// No address answered in time.
        SILENT,
        /// The network knows no way to any address.
        UNREACHABLE
    }

    private final Reason reason;
    private final transient Address address;
    private final transient List<InetAddress> tried;

    NotDialled(Reason reason, Address address, List<InetAddress> tried, @Nullable Throwable cause) {
        super("%s: %s %s".formatted(address, reason, tried), cause);
        this.reason = reason;
        this.address = address;
        this.tried = List.copyOf(tried);
    }

    /// Why.
    public Reason reason() {
        return reason;
    }

    /// What was dialled.
    public Address address() {
        return address;
    }

    /// What the name stands for, as far as it was found out; for messages.
    public String tried() {
        return tried.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(", "));
    }
}
