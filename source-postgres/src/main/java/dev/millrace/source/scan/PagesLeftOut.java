package dev.millrace.source.scan;

import dev.millrace.core.position.ScanPosition;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.source.catalog.Storage;
import dev.millrace.source.frozen.FrozenPages;
import java.sql.Connection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The pages that scans leave out because nothing on them can be new. Belongs to the scanning thread.
///
/// Of tables with a key only, and only where the last scan read the same columns and rows: a table without a key has rows that the last scan
/// saw and left to this one.
final class PagesLeftOut {

    private final FrozenPages frozen;
    private final Map<TableName, Shape> read = new HashMap<>();
    private Map<TableName, Shape> readBefore = Map.of();
    private boolean watches;

    PagesLeftOut(FrozenPages frozen) {
        this.frozen = frozen;
    }

    /// A scan is about to take its snapshot.
    ///
    /// @param shared the name of the snapshot if it is another's, which was taken before: nothing is left out then
    void begin(ScanPosition held, String shared) {
        watches = shared.isEmpty();
        read.clear();
        if (watches) {
            frozen.begin(held);
        } else {
            frozen.settle(held);
        }
    }

    /// The condition on the rows of a relation that have to be read.
    ///
    /// @param isNew the condition on new rows
    /// @param entry how the table is followed
    String condition(Connection scan, Shape shape, Storage storage, FollowedTables.Entry entry, String isNew) {
        if (!watches || !shape.isKeyed()) {
            return isNew;
        }
        TableName relation = new TableName(storage.schema(), storage.name());
        String condition = frozen.read(scan, storage).condition(relation, isNew);
        read.put(shape.table(), shape);
        boolean isSame = entry.copied().isEmpty() && Optional.ofNullable(readBefore.get(shape.table())).filter(shape::equals).isPresent();
        return isSame ? condition : isNew;
    }

    /// The destination is going to commit what a scan found.
    void promise(ScanPosition through) {
        if (watches) {
            frozen.promise(through);
        }
        readBefore = Map.copyOf(read);
    }
}
