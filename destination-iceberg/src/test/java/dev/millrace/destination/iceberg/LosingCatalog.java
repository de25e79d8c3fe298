package dev.millrace.destination.iceberg;

import java.util.Optional;
import java.util.function.Predicate;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.encryption.EncryptionManager;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.jspecify.annotations.Nullable;

/// A catalogue whose answer to a commit can be lost, whether the commit has happened or not.
public final class LosingCatalog extends JdbcCatalog {

    /// What is lost next.
    ///
    /// @param table whose commit
    /// @param happens whether the commit happens nevertheless
    private record Loss(Predicate<String> table, boolean happens) {}

    private static volatile @Nullable Loss next;

    /// Made by Iceberg, by name.
    public LosingCatalog() {}

    /// Loses the answer to the next commit of a table in whose name a text is.
    static void lose(String table, boolean happens) {
        next = new Loss(name -> name.contains(table), happens);
    }

    /// Whether an answer was lost since it was said that one is.
    static boolean hasLost() {
        return next == null;
    }

    @Override
    protected TableOperations newTableOps(TableIdentifier identifier) {
        return new Losing(identifier.toString(), super.newTableOps(identifier));
    }

    private record Losing(String name, TableOperations operations) implements TableOperations {

        @Override
        public TableMetadata current() {
            return operations.current();
        }

        @Override
        public TableMetadata refresh() {
            return operations.refresh();
        }

        @Override
        public void commit(TableMetadata base, TableMetadata metadata) {
            Optional<Loss> loss = Optional.ofNullable(next).filter(one -> one.table().test(name));
            if (loss.isEmpty() || loss.get().happens()) {
                operations.commit(base, metadata);
            }
            if (loss.isPresent()) {
                next = null;
                throw new CommitStateUnknownException(new IllegalStateException("The answer is lost"));
            }
        }

        @Override
        public FileIO io() {
            return operations.io();
        }

        @Override
        public EncryptionManager encryption() {
            return operations.encryption();
        }

        @Override
        public String metadataFileLocation(String fileName) {
            return operations.metadataFileLocation(fileName);
        }

        @Override
        public LocationProvider locationProvider() {
            return operations.locationProvider();
        }

        @Override
        public TableOperations temp(TableMetadata uncommitted) {
            return operations.temp(uncommitted);
        }

        @Override
        public long newSnapshotId() {
            return operations.newSnapshotId();
        }
    }
}
