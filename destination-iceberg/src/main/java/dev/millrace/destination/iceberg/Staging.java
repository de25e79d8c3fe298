package dev.millrace.destination.iceberg;

import dev.millrace.core.shape.TableName;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.encryption.EncryptionManager;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;

/// A table's metadata in the making: whatever several updates make of it is committed at once, or not at all. One attempt, on the metadata that
/// it began with: nobody else's commit is ever passed over.
///
/// Iceberg's own transactions try again by themselves after somebody else's commit, and know no schema whose columns have been numbered.
final class Staging implements TableOperations {

    private final TableOperations table;
    private final TableMetadata base;
    private TableMetadata staged;

    Staging(TableOperations table) {
        this.table = table;
        this.base = table.current();
        this.staged = base;
    }

    @Override
    public TableMetadata current() {
        return staged;
    }

    @Override
    public TableMetadata refresh() {
        return staged;
    }

    @Override
    public void commit(TableMetadata from, TableMetadata to) {
        staged = to;
    }

    /// A table whose updates are brought here.
    BaseTable table(TableName name) {
        return new BaseTable(this, name.toString(), new QuietMetrics());
    }

    /// Commits what has become of it; false if nothing has.
    boolean commit() {
        if (staged.changes().isEmpty()) {
            return false;
        }
        table.commit(base, staged);
        return true;
    }

    @Override
    public FileIO io() {
        return table.io();
    }

    @Override
    public EncryptionManager encryption() {
        return table.encryption();
    }

    @Override
    public String metadataFileLocation(String fileName) {
        return table.temp(staged).metadataFileLocation(fileName);
    }

    @Override
    public LocationProvider locationProvider() {
        return table.temp(staged).locationProvider();
    }

    @Override
    public long newSnapshotId() {
        return table.newSnapshotId();
    }
}
