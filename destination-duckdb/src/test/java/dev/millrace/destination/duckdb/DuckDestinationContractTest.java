package dev.millrace.destination.duckdb;

import dev.millrace.core.destination.Destination;
import dev.millrace.core.shape.TableName;
import dev.millrace.testkit.contract.DestinationContract;
import dev.millrace.testkit.destination.SeenRow;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

class DuckDestinationContractTest implements DestinationContract {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private int storage;

    @Override
    public Destination open() {
        return DuckDestination.open(file(), "shop", DuckSettings.defaults(), InstantSource.system());
    }

    @Override
    public Destination openAnew() {
        storage++;
        return open();
    }

    private Path file() {
        return folder.resolve("warehouse" + storage + ".duckdb");
    }

    @Override
    public Optional<List<SeenRow>> rows(TableName table) {
        return new DuckFile(file()).rows("shop", table);
    }
}
