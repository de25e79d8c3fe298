package dev.millrace.testkit.destination;

import dev.millrace.core.destination.Destination;
import dev.millrace.core.shape.TableName;
import dev.millrace.testkit.contract.DestinationContract;
import java.util.List;
import java.util.Optional;

class MemoryDestinationContractTest implements DestinationContract {

    private MemoryDestination.Disk disk = new MemoryDestination.Disk();

    @Override
    public Destination open() {
        return new MemoryDestination(disk);
    }

    @Override
    public Destination openAnew() {
        disk = new MemoryDestination.Disk();
        return open();
    }

    @Override
    public Optional<List<SeenRow>> rows(TableName table) {
        return disk.rows(table);
    }
}
