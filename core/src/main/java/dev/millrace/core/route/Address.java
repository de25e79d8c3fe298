package dev.millrace.core.route;

/// A place on a network: host and port.
///
/// @param host a name, an IPv4 address, or an IPv6 address without brackets
/// @param port 1 to 65535
public record Address(String host, int port) {

    /// Checks the port, and takes the brackets off an IPv6 address.
    public Address {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("Invalid port: %d (must be 1 to 65535)".formatted(port));
        }
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
    }

    /// `host:port`, an IPv6 address in brackets, as in a URL.
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[%s]:%d" : "%s:%d").formatted(host, port);
    }
}
