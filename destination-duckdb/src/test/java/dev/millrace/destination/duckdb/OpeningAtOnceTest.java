package dev.millrace.destination.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.destination.MetadataTable;
import dev.millrace.core.destination.MetadataTable.Column;
import dev.millrace.core.destination.MetadataTable.Row;
import dev.millrace.core.destination.MetadataTable.Type;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
@Timeout(120)
class OpeningAtOnceTest {

    private static final int TIMES = 60;

    @TempDir
    Path folder;

    @Test
    void several_threads_open_write_read_and_close_one_file_at_any_moment() {
        Path file = folder.resolve("copy.duckdb");
        DuckDestination.open(file, "one", DuckSettings.defaults(), InstantSource.system()).close();
        Runnable sync = () -> DuckDestination.open(file, "one", DuckSettings.defaults(), InstantSource.system()).close();
        Runnable other = () -> DuckDestination.open(file, "other", DuckSettings.defaults(), InstantSource.system()).close();
        Runnable metadata = () -> new DuckMetadata(file, "about").write(List.of(
                new MetadataTable("log", List.of(new Column("id", Type.TEXT)), List.of(new Row("x")), false)));
        Runnable read = () -> {
            try (DuckReader reader = DuckReader.openBesideWriters(file, "one", DuckSettings.defaults())) {
                assertThat(reader.recall().tables()).isEmpty();
            }
        };
        List<CompletableFuture<Void>> work = Stream.of(sync, other, metadata, read)
                .map(task -> CompletableFuture.runAsync(
                        () -> {
                            for (int i = 0; i < TIMES; i++) {
                                task.run();
                            }
                        },
                        thread -> Thread.ofPlatform().start(thread)))
                .toList();
        work.forEach(CompletableFuture::join);
    }

    @Test
    void several_connections_make_one_new_file_at_the_same_moment() {
        for (int i = 0; i < TIMES; i++) {
            Path file = folder.resolve("new-%d.duckdb".formatted(i));
            List<CompletableFuture<Void>> work = Stream.of("one", "two", "three", "four")
                    .map(prefix -> CompletableFuture.runAsync(
                            () -> DuckDestination.open(file, prefix, DuckSettings.defaults(), InstantSource.system()).close(),
                            thread -> Thread.ofPlatform().start(thread)))
                    .toList();
            work.forEach(CompletableFuture::join);
        }
    }
}
