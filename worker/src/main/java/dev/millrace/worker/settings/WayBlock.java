package dev.millrace.worker.settings;

import dev.millrace.core.route.Address;
import dev.millrace.worker.settings.SourceSettings.PrivateHosts;
import dev.millrace.worker.settings.SourceSettings.Way;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads how the source's host is reached.
///
/// @param values the texts
/// @param environment says where the key for secrets is
/// @param approved fingerprints of host keys that were approved outside the settings
record WayBlock(CheckedValues values, Environment environment, Set<String> approved) {

    private static final Pattern HOST_KEY = Pattern.compile("SHA256:[A-Za-z0-9+/]{43}");
    private static final Pattern AGENT_ID = Pattern.compile("[a-z0-9_-]{1,40}");
    private static final List<String> WAYS = List.of("Directly", "SshTunnel", "PrivateLink", "ProxyAgent");
    private static final List<Setting> MAKING_A_TUNNEL =
            List.of(Setting.SOURCE_TUNNEL_HOST, Setting.SOURCE_TUNNEL_PORT, Setting.SOURCE_TUNNEL_USER);

    /// The way.
    Way way() {
        String chosen = values.isGiven(Setting.SOURCE_CONNECTION_TYPE) || MAKING_A_TUNNEL.stream().noneMatch(values::isGiven)
                ? values.choice(Setting.SOURCE_CONNECTION_TYPE, WAYS)
                : "SshTunnel";
        if (!chosen.equals("SshTunnel")) {
            only("SshTunnel", MAKING_A_TUNNEL);
            only("SshTunnel", List.of(Setting.SOURCE_TRUSTED_HOST_KEYS, Setting.SOURCE_TUNNEL_KEY_FOLDER));
        }
        if (!chosen.equals("Directly") && !chosen.equals("SshTunnel")) {
            only("Directly` and `SshTunnel", List.of(Setting.SOURCE_PRIVATE_HOSTS));
        }
        if (!chosen.equals("ProxyAgent")) {
            only("ProxyAgent", List.of(Setting.SOURCE_PROXY_AGENT_ID, Setting.SOURCE_GATEWAY_FOLDER));
        }
        return switch (chosen) {
            case "SshTunnel" -> tunnel();
            case "ProxyAgent" -> new Way.ProxyAgent(
                    values.text(Setting.SOURCE_PROXY_AGENT_ID, AGENT_ID, "an agent's id: lower-case letters, digits, `_` and `-`, 40 at most"),
                    values.optionalPath(Setting.SOURCE_GATEWAY_FOLDER).orElse(VaultKey.home().resolve("gateway")));
            case "PrivateLink" -> new Way.PrivateLink();
            default -> new Way.Directly(privateHosts());
        };
    }

    private Way tunnel() {
        Set<String> trusted = new LinkedHashSet<>(values.list(
                Setting.SOURCE_TRUSTED_HOST_KEYS,
                HOST_KEY,
                "a fingerprint as `ssh-keygen -lf` prints it: `SHA256:` and 43 letters, digits, `+` or `/`"));
        trusted.addAll(approved);
        return new Way.SshTunnel(
                new Address(
                        values.text(Setting.SOURCE_TUNNEL_HOST), Math.toIntExact(values.number(Setting.SOURCE_TUNNEL_PORT, 1, 65_535))),
                values.text(Setting.SOURCE_TUNNEL_USER),
                trusted,
                values.optionalPath(Setting.SOURCE_TUNNEL_KEY_FOLDER),
                VaultKey.of(environment),
                privateHosts());
    }

    private PrivateHosts privateHosts() {
        List<String> names = Arrays.stream(PrivateHosts.values()).map(one -> one.name().toLowerCase(Locale.ROOT)).toList();
        return PrivateHosts.values()[names.indexOf(values.choice(Setting.SOURCE_PRIVATE_HOSTS, names))];
    }

    /// What goes with one way only is a problem with another: it would be ignored.
    private void only(String way, List<Setting> settings) {
        settings.stream()
                .filter(values::isGiven)
                .forEach(setting -> values.problem(
                        setting, "`" + setting.path() + "` goes with `connection_type: " + way + "` only. Leave it out, or choose that way."));
    }
}
