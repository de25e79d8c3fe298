package dev.millrace.core.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SpoolTest {

    @TempDir
    private Path parent;

    private List<String> left() throws IOException {
        try (var files = Files.walk(parent)) {
            return files.filter(Files::isRegularFile).map(file -> parent.relativize(file).toString()).sorted().toList();
        }
    }

    @Test
    void what_was_appended_is_read_back_as_often_as_wanted() throws IOException {
        try (Spool spool = Spool.open(parent); SpoolFile file = spool.newFile()) {
            file.append(out -> out.writeUTF("one"));
            for (int i = 0; i < 2; i++) {
                try (DataInputStream in = file.read()) {
                    assertThat(in.readUTF()).isEqualTo("one");
                }
            }
            file.append(out -> out.writeUTF("two"));
            try (DataInputStream in = file.read()) {
                assertThat(in.readUTF() + in.readUTF()).isEqualTo("onetwo");
            }
        }
    }

    @Test
    void what_lies_on_the_disk_is_not_what_was_written() throws IOException {
        try (Spool spool = Spool.open(parent); SpoolFile file = spool.newFile()) {
            file.append(out -> {
                for (int i = 0; i < 20_000; i++) {
                    out.writeBytes("a clear value;");
                }
            });
            try (DataInputStream in = file.read(); var files = Files.walk(parent)) {
                assertThat(new String(in.readNBytes(28), StandardCharsets.US_ASCII)).isEqualTo("a clear value;a clear value;");
                Path onDisk = files.filter(path -> path.endsWith("000000")).findFirst().orElseThrow();
                assertThat(Files.size(onDisk)).isEqualTo(280_000);
                assertThat(new String(Files.readAllBytes(onDisk), StandardCharsets.ISO_8859_1)).doesNotContain("clear");
            }
        }
    }

    @Test
    void closing_a_file_and_closing_the_spool_leave_nothing() throws IOException {
        try (Spool spool = Spool.open(parent)) {
            SpoolFile closed = spool.newFile();
            closed.append(out -> out.writeInt(1));
            closed.close();
            closed.close();
            assertThat(left()).hasSize(1).allMatch(name -> name.endsWith("lock"));
            spool.newFile().append(out -> out.writeInt(2));
        }
        assertThat(parent).doesNotExist();
    }

    @Test
    void what_a_killed_process_left_is_removed_and_what_a_living_one_holds_is_not() throws IOException {
        Path dead = Files.createDirectory(parent.resolve("spool-of-the-dead"));
        Files.writeString(dead.resolve("lock"), "");
        Files.writeString(dead.resolve("000000"), "left");
        try (Spool living = Spool.open(parent); SpoolFile file = living.newFile()) {
            assertThat(dead).doesNotExist();
            file.append(out -> out.writeInt(3));
            try (Spool another = Spool.open(parent); DataInputStream in = file.read()) {
                assertThat(another).isNotNull();
                assertThat(in.readInt()).isEqualTo(3);
            }
        }
    }

    @Test
    void a_directory_that_was_taken_away_is_a_fault_with_a_remedy() throws IOException {
        try (Spool spool = Spool.open(parent)) {
            for (String name : left()) {
                Files.delete(parent.resolve(name));
                Files.delete(parent.resolve(name).getParent());
            }
            assertThatExceptionOfType(Fault.class)
                    .isThrownBy(spool::newFile)
                    .matches(fault -> fault.kind() == FaultKind.SPOOL_UNUSABLE)
                    .matches(fault -> fault.remedy().startsWith("Make room"));
        }
    }
}
