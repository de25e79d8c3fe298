package dev.millrace.destination.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class DuckBudgetTest {

    @TempDir
    Path folder;

    @AfterEach
    void leaveNoBudget() {
        DuckBudget.set(Long.MAX_VALUE);
    }

    @Test
    void files_that_are_open_share_the_memory_of_the_process_and_get_it_back_as_others_are_closed() {
        DuckBudget.set(1L << 30);
        DuckDatabase first = open("first");
        assertThat(limit(first)).isEqualTo("1.0 GiB");
        DuckDatabase second = open("second");
        assertThat(limit(first)).isEqualTo("512.0 MiB");
        assertThat(limit(second)).isEqualTo("512.0 MiB");
        DuckDatabase again = open("second");
        assertThat(limit(first)).isEqualTo("512.0 MiB");
        again.close();
        second.close();
        assertThat(limit(first)).isEqualTo("1.0 GiB");
        first.close();
    }

    @Test
    void a_file_has_never_less_than_it_can_work_with_and_never_more_than_its_settings_say() {
        DuckBudget.set(200L << 20);
        List<DuckDatabase> files = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            files.add(open("file" + i));
        }
        assertThat(files).allSatisfy(file -> assertThat(limit(file)).isEqualTo("128.0 MiB"));
        DuckBudget.set(1L << 40);
        assertThat(files).allSatisfy(file -> assertThat(limit(file)).isEqualTo("1.0 GiB"));
        files.forEach(DuckDatabase::close);
    }

    private DuckDatabase open(String name) {
        return DuckDatabase.open(folder.resolve(name + ".duckdb"), DuckSettings.defaults());
    }

    private static String limit(DuckDatabase database) {
        try (DuckSession session = database.session()) {
            return session.queryFirst("SELECT current_setting('memory_limit')", row -> row.getString(1)).orElseThrow();
        }
    }
}
