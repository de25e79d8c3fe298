package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.destination.duckdb.type.DuckTypes;
import dev.millrace.source.PostgresSource;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page about types says what the code does: a table with a column of each type is read from PostgreSQL and mapped.
class TypesReferenceTest {

    private static final Path PAGE = Path.of("..", "docs", "reference", "types.md");
    private static final int WIDTH = 3;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void the_reference_of_types_has_what_the_code_does() throws IOException {
        List<List<String>> rows = Files.readString(PAGE).lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> List.of(line.substring(2, line.length() - 2).split(" \\| ", WIDTH)))
                .toList();
        try (TestDatabase db = TestPostgres.latest().newDatabase()) {
            SampleTypes.DDL.forEach(db::execute);
            db.execute(
                    "CREATE TYPE unheard_of",
                    "CREATE FUNCTION unheard_of_in(cstring) RETURNS unheard_of IMMUTABLE STRICT LANGUAGE internal AS 'textin'",
                    "CREATE FUNCTION unheard_of_out(unheard_of) RETURNS cstring IMMUTABLE STRICT LANGUAGE internal AS 'textout'",
                    "CREATE TYPE unheard_of (INPUT = unheard_of_in, OUTPUT = unheard_of_out, LIKE = text)");
            StringBuilder columns = new StringBuilder("id int PRIMARY KEY");
            for (int i = 0; i < rows.size(); i++) {
                columns.append(", v").append(i).append(' ').append(code(rows.get(i).getFirst()));
            }
            db.execute("CREATE TABLE t (%s)".formatted(columns));
            db.createPublicationAndSlot(TestConnection.PUBLICATION, db.name());
            List<String> documented = new ArrayList<>();
            List<String> mapped = new ArrayList<>();
            try (TestSync sync = TestConnection.of(db, folder).open(_ -> {})) {
                PostgresSource source = sync.source();
                var table = source.catalog().followed().getFirst();
                assertThat(table.warnings())
                        .satisfiesExactlyInAnyOrder(
                                warning -> assertThat(warning).contains("unheard_of", "does not know").doesNotContain("read as text"),
                                warning -> assertThat(warning).contains("regclass", "the log of all tables is read as text"));
                for (int i = 0; i < rows.size(); i++) {
                    documented.add(rows.get(i).get(0) + " " + code(rows.get(i).get(1)));
                    mapped.add(rows.get(i).get(0) + " " + DuckTypes.of(table.shape().columns().get(i + 1).type()).sql());
                }
            }
            assertThat(documented).isEqualTo(mapped);
        }
    }

    private static String code(String cell) {
        return cell.replace("`", "");
    }
}
