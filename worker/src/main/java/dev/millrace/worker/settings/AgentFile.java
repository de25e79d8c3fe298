package dev.millrace.worker.settings;

import dev.millrace.core.fault.Nearest;
import dev.millrace.core.route.Address;
import dev.millrace.core.secret.Secret;
import dev.millrace.route.agent.AgentConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Reads the configuration of an agent and tells everything that is wrong with it at once.
///
/// @param environment the variables that references speak of
public record AgentFile(Environment environment) {

    private static final List<String> NAMES = List.of("gateway", "gateway_host_key", "agent_id", "token", "allow");
    private static final Pattern ADDRESS = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^\\s:\\[\\]]+):([0-9]{1,5})");
    private static final Pattern HOST_KEY = Pattern.compile("SHA256:[A-Za-z0-9+/]{43}");
    private static final Pattern AGENT_ID = Pattern.compile("[a-z0-9_-]{1,40}");

    /// What a file says.
    public sealed interface Reading {

        /// It can be used.
        ///
        /// @param configuration what it says
        record Understood(AgentConfiguration configuration) implements Reading {}

        /// It cannot be used.
        ///
        /// @param problems everything that is wrong with it
        record Refused(List<SettingProblem> problems) implements Reading {}
    }

    /// Reads a YAML file.
    public Reading read(Path file) {
        Given given = new Given(String.valueOf(file.getFileName()), new References(environment, Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file)));
        try {
            Object root = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
            if (root instanceof Map<?, ?> map) {
                map.forEach((name, value) -> given.put(String.valueOf(name), value));
            } else {
                given.problem("", "A configuration is a list of `name: value` lines: `" + String.join("`, `", NAMES) + "`.");
            }
        } catch (IOException _) {
            given.problem("", "File " + file + " cannot be read. Correct the path, or its permissions.");
            return new Reading.Refused(given.problems);
        } catch (YamlEngineException e) {
            given.problem("", "This is not YAML.");
        }
        Address gateway = given.address("gateway", given.one("gateway"));
        Set<String> keys = given.each("gateway_host_key", HOST_KEY, "a fingerprint as `millrace gateway` prints it: `SHA256:` and 43 characters");
        String id = given.matching("agent_id", AGENT_ID, "an id as `millrace agents create` printed it");
        Secret token = Secret.of(given.one("token"));
        Set<Address> allow = new LinkedHashSet<>();
        given.list("allow").forEach(text -> allow.add(given.address("allow", text)));
        return given.problems.isEmpty()
                ? new Reading.Understood(new AgentConfiguration(gateway, keys, id, token, allow))
                : new Reading.Refused(given.problems);
    }

    /// The values as they stand in a file, and what is wrong so far.
    private static final class Given {
        private final String file;
        private final References references;
        private final Map<String, Object> values = new LinkedHashMap<>();
        private final List<SettingProblem> problems = new ArrayList<>();

        Given(String file, References references) {
            this.file = file;
            this.references = references;
        }

        void put(String name, Object value) {
            if (NAMES.contains(name)) {
                values.put(name, value);
            } else {
                problem(name, "Unknown setting `" + name + "`." + Nearest.hint(name, NAMES));
            }
        }

        List<String> list(String name) {
            Object value = values.get(name);
            if (value == null) {
                problem(name, "`" + name + "` is missing.");
                return List.of();
            }
            List<?> items = value instanceof List<?> list ? list : List.of(value);
            return items.stream().map(item -> references.resolve(String.valueOf(item), text -> problem(name, text))).toList();
        }

        String one(String name) {
            List<String> all = list(name);
            if (all.size() > 1) {
                problem(name, "`" + name + "` is one value, not a list.");
            }
            return Optional.of(all).filter(values -> !values.isEmpty()).map(List::getFirst).orElse("");
        }

        String matching(String name, Pattern pattern, String form) {
            String text = one(name);
            if (values.containsKey(name) && !pattern.matcher(text).matches()) {
                problem(name, "`" + name + "` must be " + form + ".");
            }
            return text;
        }

        Set<String> each(String name, Pattern pattern, String form) {
            List<String> all = list(name);
            if (all.stream().anyMatch(text -> !pattern.matcher(text).matches())) {
                problem(name, "`" + name + "` must be " + form + ".");
            }
            return Set.copyOf(all);
        }

        Address address(String name, String text) {
            Matcher parts = ADDRESS.matcher(text);
            if (parts.matches() && Integer.parseInt(parts.group(2)) >= 1 && Integer.parseInt(parts.group(2)) <= 65_535) {
                return new Address(parts.group(1), Integer.parseInt(parts.group(2)));
            }
            if (values.containsKey(name)) {
                problem(name, "`" + name + "` must be `host:port`, such as `db.internal:5432`.");
            }
            return new Address("localhost", 1);
        }

        void problem(String name, String message) {
            problems.add(new SettingProblem(file, 0, name, message));
        }
    }
}
