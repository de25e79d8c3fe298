package dev.millrace.worker.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.route.Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentFileTest {

    private static final String KEY = "SHA256:" + "a".repeat(43);

    @TempDir
    private Path folder;

    @Test
    void aWholeConfigurationIsUnderstood() throws IOException {
        AgentFile.Reading reading = read("gateway: gw.example.com:7422", "gateway_host_key: " + KEY, "agent_id: agent_1f", "token: ${env:TOKEN}",
                "allow: [db.internal:5432, '[fd00::1]:5432']");
        assertThat(reading).isInstanceOfSatisfying(AgentFile.Reading.Understood.class, understood -> {
            assertThat(understood.configuration().gateway()).isEqualTo(new Address("gw.example.com", 7422));
            assertThat(understood.configuration().token().reveal()).isEqualTo("s3cret");
            assertThat(understood.configuration().allow())
                    .containsExactlyInAnyOrder(new Address("db.internal", 5432), new Address("fd00::1", 5432));
        });
    }

    @Test
    void everythingThatIsWrongIsToldAtOnce() throws IOException {
        List<String> problems = problems("gateway: gw.example.com", "gateway_host_key: MD5:aa", "agent_id: Agent 1", "allow: [db.internal]", "tokn: x");
        assertThat(problems).hasSize(6);
        assertThat(String.join("\n", problems))
                .contains("`gateway` must be `host:port`")
                .contains("`gateway_host_key` must be a fingerprint")
                .contains("`agent_id` must be an id")
                .contains("`token` is missing")
                .contains("`allow` must be `host:port`")
                .contains("Did you mean `token`?");
    }

    @Test
    void whatIsNoYamlOrNotThereIsTold() throws IOException {
        assertThat(problems("gateway: [")).anyMatch(problem -> problem.contains("not YAML"));
        assertThat(((AgentFile.Reading.Refused) new AgentFile(_ -> Optional.empty()).read(folder.resolve("none"))).problems().toString())
                .contains("cannot be read");
    }

    private List<String> problems(String... lines) throws IOException {
        return ((AgentFile.Reading.Refused) read(lines)).problems().stream().map(SettingProblem::message).toList();
    }

    private AgentFile.Reading read(String... lines) throws IOException {
        Path file = folder.resolve("agent.yaml");
        Files.write(file, List.of(lines));
        return new AgentFile(name -> name.equals("TOKEN") ? Optional.of("s3cret") : Optional.empty()).read(file);
    }
}
