package dev.millrace.source.copy;

import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.copy.CopyRange;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Catalog;
import dev.millrace.source.catalog.CatalogReader;
import dev.millrace.source.catalog.Storage;
import dev.millrace.source.catalog.TypeWarnings;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Cuts tables into ranges of blocks.
///
/// From PostgreSQL 14 on a condition on `ctid` is a TID range scan, which reads the range's blocks and no others (release notes of 14).
/// Before, such a condition reads the whole table for each range; so there a table is cut into a few ranges only. They still divide what
/// costs most, the sending of rows, among sessions, and the server lets scans that run at the same time share their reads.
public final class CopyPlanner {

    private static final int PG_14 = 14;
    private static final int SCANS_BEFORE_14 = 4;
    private static final long BLOCKS_WORTH_A_SESSION = 16_384;

    private final CatalogReader catalog;
    private final int majorVersion;
    private final long rangeBlocks;
    private final int sessions;

    /// Plans by the catalogue that `catalog` reads.
    ///
    /// @param rangeBlocks blocks in one range; a table that would have few of that size is cut smaller, so that every session has one
    /// @param sessions that copy at the same time
    public CopyPlanner(CatalogReader catalog, int majorVersion, long rangeBlocks, int sessions) {
        this.catalog = catalog;
        this.majorVersion = majorVersion;
        this.rangeBlocks = rangeBlocks;
        this.sessions = sessions;
    }

    /// Plans a table's copy, in the shape that it has now. What the plan is held against is read first: if the table is altered in
    /// between, the plan does not hold, and is made anew.
    ///
    /// @throws dev.millrace.core.fault.Fault if a column's type has gone from the catalogue
    public CopyPlan plan(Catalog.Followed known) throws SQLException {
        String fingerprint = catalog.fingerprint(known.table());
        Catalog.Followed table = catalog.find(known.table()).orElse(known);
        TypeWarnings.checkThere(table.shape());
        Optional<String> filter = catalog.rowFilter(table.table());
        List<CopyRange> ranges = new ArrayList<>();
        if (catalog.mayAddress(table.table())) {
            for (Storage storage : catalog.storages(table.table())) {
                cut(table.table(), storage, ranges);
            }
        } else {
            String only = table.shape().origin().partitioned() ? "" : "ONLY ";
            ranges.add(new CopyRange(0, only + table.table().quoted(), "true", table.blocks()));
        }
        filter.ifPresent(condition -> ranges.replaceAll(range -> filtered(range, condition)));
        if (ranges.isEmpty()) {
            ranges.add(new CopyRange(0, table.table().quoted(), "", 0));
        }
        return new CopyPlan(table.shape(), fingerprint, ranges, table.estimatedRows());
    }

    private static CopyRange filtered(CopyRange range, String filter) {
        String condition = range.condition().isEmpty() ? "(%s)".formatted(filter) : "%s AND (%s)".formatted(range.condition(), filter);
        return new CopyRange(range.number(), range.relation(), condition, range.blocks());
    }

    private void cut(TableName root, Storage storage, List<CopyRange> ranges) {
        TableName itself = new TableName(storage.schema(), storage.name());
        boolean isRoot = itself.equals(root);
        if (storage.foreign()) {
            return;
        }
        // A leaf that the user may not read by itself is read through its root, which still scans only the leaf's blocks.
        boolean throughRoot = !isRoot && !storage.mayRead();
        String relation = throughRoot ? root.quoted() : "ONLY " + itself.quoted();
        String leaf = throughRoot ? "tableoid = %s AND ".formatted(Integer.toUnsignedString(storage.oid())) : "";
        long size = size(majorVersion, storage.blocks(), rangeBlocks, sessions);
        for (long from = 0; from == 0 || from < storage.blocks(); from += size) {
            boolean last = from + size >= storage.blocks();
            long blocks = last ? storage.blocks() - from : size;
            ranges.add(new CopyRange(ranges.size(), relation, leaf + condition(from, size, last), blocks));
        }
    }

    static long size(int majorVersion, long blocks, long rangeBlocks, int sessions) {
        if (majorVersion < PG_14) {
            return Math.max(rangeBlocks, Math.ceilDiv(blocks, SCANS_BEFORE_14));
        }
        return Math.min(rangeBlocks, Math.max(BLOCKS_WORTH_A_SESSION, Math.ceilDiv(blocks, sessions)));
    }

    private static String condition(long from, long size, boolean last) {
        if (from == 0 && last) {
            return "true";
        }
        String lower = "ctid >= '(%d,0)'".formatted(from);
        return last ? lower : lower + " AND ctid < '(%d,0)'".formatted(from + size);
    }
}
