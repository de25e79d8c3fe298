package dev.millrace.testkit.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TestFoldersTest {

    @Test
    void folders_of_a_jvm_that_is_gone_are_swept_away_and_others_stay() throws Exception {
        Path ours = TestFolders.create();
        Path orphan = Files.createTempDirectory(TestFolders.PREFIX + pidOfAnEndedProcess() + "-");
        Files.writeString(Files.createDirectories(TestFolders.data(orphan)).resolve("PG_VERSION"), "17");

        TestFolders.sweep();

        assertThat(orphan).doesNotExist();
        assertThat(ours).isDirectory();
        TestFolders.delete(ours);
    }

    private static long pidOfAnEndedProcess() throws IOException {
        Process process = new ProcessBuilder("true").start();
        process.onExit().join();
        return process.pid();
    }
}
