package dev.millrace.worker.settings;

import dev.millrace.worker.settings.TlsSettings.Authorities;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads what settings say about TLS, whichever end they are of.
///
/// @param values the texts
record TlsValues(CheckedValues values) {

    private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[?::1]?", Pattern.CASE_INSENSITIVE);

    /// Whether a setting names this machine.
    boolean isThisMachine(Setting host) {
        return LOOPBACK.matcher(values.text(host)).matches();
    }

    /// The mode as it is written.
    TlsSettings.Mode mode(Setting setting) {
        List<String> names = Arrays.stream(TlsSettings.Mode.values()).map(TlsSettings.Mode::text).toList();
        return TlsSettings.Mode.values()[names.indexOf(values.choice(setting, names))];
    }

    /// SHA-256 of certificates, in lower case and without colons.
    Set<String> fingerprints(Setting setting) {
        Set<String> trusted = new LinkedHashSet<>();
        if (!values.isGiven(setting)) {
            return trusted;
        }
        for (String one : values.text(setting).split("[,\\s]+")) {
            String fingerprint = one.replace(":", "").toLowerCase(Locale.ROOT);
            if (FINGERPRINT.matcher(fingerprint).matches()) {
                trusted.add(fingerprint);
            } else {
                values.problem(
                        setting,
                        "`%s` has `%s`; it must be the SHA-256 of certificates, 64 hexadecimal digits each, with or without colons."
                                .formatted(setting.path(), one));
            }
        }
        return trusted;
    }

    /// The authorities that a setting names.
    Authorities authorities(Setting setting) {
        if (!values.isGiven(setting)) {
            return new Authorities.Unsaid();
        }
        return values.text(setting).equals("system") ? new Authorities.OfSystem() : new Authorities.InFile(values.path(setting));
    }
}
