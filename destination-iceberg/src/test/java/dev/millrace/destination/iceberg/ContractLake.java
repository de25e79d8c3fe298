package dev.millrace.destination.iceberg;

import dev.millrace.core.destination.Destination;
import dev.millrace.core.shape.TableName;
import dev.millrace.testkit.contract.DestinationSubject;
import dev.millrace.testkit.destination.SeenRow;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

/// A lake of its own for each test of a contract.
abstract class ContractLake implements DestinationSubject {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private int storage;

    @Override
    public Destination open() {
        return IcebergDestination.open(settings(), "shop", InstantSource.system());
    }

    /// Opens another one, which is empty.
    Destination openAnother() {
        storage++;
        return open();
    }

    private IcebergSettings settings() {
        return IcebergSettings.local(folder.resolve("lake" + storage));
    }

    @Override
    public Optional<List<SeenRow>> rows(TableName table) {
        return new LakeReading(settings()).rows("shop", table);
    }
}
