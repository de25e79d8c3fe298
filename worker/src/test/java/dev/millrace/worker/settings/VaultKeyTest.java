package dev.millrace.worker.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.fault.Fault;
import dev.millrace.vault.Vault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
@Timeout(60)
class VaultKeyTest {

    @TempDir
    Path folder;

    @Test
    void a_key_comes_from_a_variable_a_command_or_a_file_in_this_order() throws IOException {
        Path file = folder.resolve("key");
        byte[] sealed = Vault.in(file).seal("hidden".getBytes(StandardCharsets.UTF_8), "here");
        String key = Files.readString(file);
        for (Map<String, String> variables : List.of(
                Map.of("MILLRACE_KEY", key, "MILLRACE_KEY_COMMAND", "exit 1"),
                Map.of("MILLRACE_KEY_COMMAND", "cat '%s'".formatted(file), "MILLRACE_KEY_FILE", folder.resolve("none").toString()),
                Map.of("MILLRACE_KEY_FILE", file.toString()))) {
            assertThat(vault(variables).open(sealed, "here", "it")).isEqualTo("hidden".getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void a_command_that_fails_or_prints_no_key_is_told() {
        assertThatThrownBy(() -> vault(Map.of("MILLRACE_KEY_COMMAND", "echo a-secret; exit 3")))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("ended with exit code 3")
                .hasMessageNotContaining("a-secret");
        assertThatThrownBy(() -> vault(Map.of("MILLRACE_KEY_COMMAND", "echo a-secret")))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("What MILLRACE_KEY_COMMAND holds is no key of Millrace's")
                .hasMessageNotContaining("a-secret");
    }

    private static Vault vault(Map<String, String> variables) {
        return VaultKey.of(name -> Optional.ofNullable(variables.get(name))).vault();
    }
}
