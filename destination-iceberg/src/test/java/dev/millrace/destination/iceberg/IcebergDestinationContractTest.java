package dev.millrace.destination.iceberg;

import dev.millrace.core.destination.Destination;
import dev.millrace.testkit.contract.DestinationContract;
import org.junit.jupiter.api.Tag;

/// The whole contract: what merges is what merges in DuckDB's files, under whose tests it is every time.
@Tag("long")
class IcebergDestinationContractTest extends ContractLake implements DestinationContract {

    @Override
    public Destination openAnew() {
        return openAnother();
    }

    /// A commit writes a dozen files.
    @Override
    public int histories() {
        return Integer.getInteger("millrace.test.histories", 2);
    }
}
