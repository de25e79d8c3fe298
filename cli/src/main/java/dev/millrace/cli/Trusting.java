package dev.millrace.cli;

import dev.millrace.cli.terminal.Terminal;
import dev.millrace.core.check.Approvable;
import dev.millrace.worker.Wiring;
import dev.millrace.worker.approval.Approvals;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Approves what servers on the way present now, for the connection of a settings file. What nobody presents is not approved: a fingerprint that was
/// mistyped, or is another server's, would lie there unnoticed.
///
/// @param settings the connection's file
/// @param wiring reads it, and what was approved, anew
/// @param terminal is told what was approved, and what was not
record Trusting(Path settings, Supplier<Wiring> wiring, Terminal terminal) {

    private static final Pattern CERTIFICATE = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern HOST_KEY = Pattern.compile("SHA256:[A-Za-z0-9+/]{43}");

    /// A fingerprint as approvals have it; empty if it is none.
    static Optional<String> fingerprint(String written) {
        if (HOST_KEY.matcher(written).matches()) {
            return Optional.of(written);
        }
        String hexadecimal = written.replace(":", "").toLowerCase(Locale.ROOT);
        return Optional.of(hexadecimal).filter(text -> CERTIFICATE.matcher(text).matches());
    }

    /// Approves those that are presented. One may come to light only when another is approved: a certificate behind a tunnel.
    ///
    /// @return whether all of them were
    boolean approve(Set<String> fingerprints) {
        Set<String> left = new LinkedHashSet<>(fingerprints);
        List<Approvable> presented = List.of();
        boolean goesOn = true;
        while (goesOn) {
            try (Wiring connection = wiring.get()) {
                presented = Stream.concat(
                                connection.routeTests().presented().stream(),
                                connection.place().check().stream().flatMap(finding -> finding.approvable().stream()))
                        .toList();
            }
            goesOn = false;
            for (Approvable one : presented) {
                if (left.remove(one.fingerprint())) {
                    Approvals.read(settings).approve(one, Instant.now());
                    say("Approved: %s, %s (%s).".formatted(one.kind() == Approvable.Kind.HOST_KEY ? "host key" : "certificate", one.name(), one.fingerprint()));
                    goesOn = true;
                }
            }
        }
        left.removeAll(Approvals.read(settings).hostKeys());
        if (!left.isEmpty()) {
            String shown = presented.stream().map(one -> "%s (%s)".formatted(one.fingerprint(), one.name())).distinct().collect(Collectors.joining(", "));
            say("Not approved: %s. No server on the way to the database presents it now, so nothing shows that it is meant. %s"
                    .formatted(String.join(", ", left), shown.isEmpty() ? "Nothing was presented; see below." : "Presented are: " + shown + "."));
        }
        return left.isEmpty();
    }

    private void say(String sentence) {
        terminal.err().println(SetupText.onOneLine(sentence));
    }
}
