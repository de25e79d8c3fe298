package dev.millrace.core.route;

import java.net.Inet4Address;
import java.net.InetAddress;

/// Tells addresses that are not reachable from everywhere (IANA's special-purpose registries).
public final class PrivateAddress {

    private PrivateAddress() {}

    /// Whether an address is such a one.
    public static boolean is(InetAddress address) {
        byte[] bytes = address.getAddress();
        return address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()
                || (address instanceof Inet4Address ? isPrivate4(bytes) : isPrivate6(bytes));
    }

    /// This network, shared by carriers (RFC 6598), for benchmarks (RFC 2544), reserved.
    private static boolean isPrivate4(byte[] bytes) {
        int first = bytes[0] & 0xFF;
        int second = bytes[1] & 0xFF;
        return first == 0 || (first == 100 && second >= 64 && second < 128) || (first == 198 && (second & 0xFE) == 18) || first >= 240;
    }

    /// Unique local (RFC 4193), and translated IPv4 (RFC 6052), behind which anything may be.
    private static boolean isPrivate6(byte[] bytes) {
        boolean isTranslated = bytes[0] == 0 && (bytes[1] & 0xFF) == 0x64 && (bytes[2] & 0xFF) == 0xFF && (bytes[3] & 0xFF) == 0x9B;
        return (bytes[0] & 0xFE) == 0xFC || isTranslated;
    }
}
