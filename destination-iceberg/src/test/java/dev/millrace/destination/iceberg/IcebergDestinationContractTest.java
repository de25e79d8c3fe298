package dev.millrace.destination.iceberg;

import dev.millrace.core.destination.Destination;
import dev.millrace.core.shape.TableName;
import dev.millrace.testkit.contract.DestinationContract;
import dev.millrace.testkit.destination.SeenRow;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

class IcebergDestinationContractTest implements DestinationContract {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private int storage;

    @Override
    public Destination open() {
        return IcebergDestination.open(settings(), "shop", InstantSource.system());
    }

    @Override
    public Destination openAnew() {
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
