package dev.millrace.cli;

import dev.millrace.core.route.Address;

/// An address to listen at, as a flag has it.
final class ListenAddress {

    private ListenAddress() {}

    /// Reads `HOST:PORT`.
    ///
    /// @param flag by which it was given, for the message
    static Address parse(String flag, String text) {
        int colon = text.lastIndexOf(':');
        try {
            return new Address(text.substring(0, Math.max(colon, 0)), Integer.parseInt(text.substring(colon + 1)));
        } catch (IllegalArgumentException _) {
            throw SettingsRefused.onCommandLine("`%s %s` is no address. Write `HOST:PORT`, such as `0.0.0.0:7422`.".formatted(flag, text));
        }
    }
}
