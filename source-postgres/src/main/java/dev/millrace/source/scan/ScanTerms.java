package dev.millrace.source.scan;

import dev.millrace.core.position.Position;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.shape.Shape;
import dev.millrace.source.copy.CopyTerms;
import java.sql.Connection;

/// The terms of copies that scans take over from.
///
/// Of a table without a key, a copy leaves out the rows that were written at or behind its snapshot's horizon: where rows cannot be told
/// apart, each must be read exactly once, and scans read such a table from horizon to horizon.
public final class ScanTerms implements CopyTerms {

    private final ScanCount count;

    /// Terms for scans that are counted here.
    public ScanTerms(ScanCount count) {
        this.count = count;
    }

    @Override
    public Position readAt(Connection session) {
        return count.next();
    }

    @Override
    public String condition(Shape shape, TransactionSnapshot snapshot) {
        return shape.isKeyed() ? "true" : "NOT " + new Horizon(snapshot.xmin()).isNew();
    }
}
