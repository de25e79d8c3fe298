package dev.millrace.destination.duckdb;

import static dev.millrace.testkit.change.ChangeScript.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.core.destination.Destination;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.testkit.change.ChangeScript;
import dev.millrace.testkit.change.Shapes;
import dev.millrace.testkit.contract.DestinationSubject;
import dev.millrace.testkit.destination.SeenRow;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A key that becomes null, which PostgreSQL's own primary keys cannot.
class NullKeyTest implements DestinationSubject {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Override
    public Destination open() {
        return DuckDestination.open(folder.resolve("warehouse.duckdb"), "shop", DuckSettings.defaults(), InstantSource.system());
    }

    @Override
    public Optional<List<SeenRow>> rows(TableName table) {
        return new DuckFile(folder.resolve("warehouse.duckdb")).rows("shop", table);
    }

    @Test
    void a_key_that_is_null_stops_the_batch_and_after_a_new_copy_it_goes_on() {
        Shape things = Shapes.table("public", "things").column("id", Shapes.INT4).column("v", Shapes.TEXT).key("id").shape();
        Shape others = Shapes.table("public", "others").column("id", Shapes.INT4).key("id").shape();
        try (Destination destination = adopted()) {
            publish(destination, things, List.of(row("1", "a")));
            publish(destination, others, List.of(row("1")));
            Fault fault = catchThrowableOfType(Fault.class, () -> write(destination, 200, changes(things, others)));
            assertThat(fault.kind()).isEqualTo(FaultKind.REPLICA_IDENTITY_MISSING);
            assertThat(fault.subject()).isEqualTo("public.things");
            assertThat(fault.description()).contains("Column id");
            assertThat(fault.remedy()).contains("NOT NULL", "resync");
            assertThat(lines(others)).containsExactly("id=1");
            assertThat(lines(things)).containsExactly("id=1 v=a");
            destination.beginCopy(plan(things, 1), SyncMode.SOFT_DELETE);
            write(destination, 200, changes(things, others));
            assertThat(lines(others)).containsExactly("id=1", "id=2", "id=3");
        }
    }

    private static ChangeScript changes(Shape things, Shape others) {
        return ChangeScript.inText().insert(others, "2").insert(things, null, "b").insert(others, "3");
    }
}
