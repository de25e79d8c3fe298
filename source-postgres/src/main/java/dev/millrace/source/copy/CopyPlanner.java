package dev.millrace.source.copy;

import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.copy.CopyRange;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Catalog;
import dev.millrace.source.catalog.CatalogReader;
import dev.millrace.source.catalog.Storage;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Cuts tables into ranges of blocks.
///
/// From PostgreSQL 14 on a condition on `ctid` is a TID range scan, which reads the range's blocks and no others (release notes of 14).
/// Before, such a condition reads the whole table for each range, but `ctid = ANY (array)` is a TID scan: so a range there is the list
/// of every tuple place that its blocks can have, which PostgreSQL sorts and probes block by block.
public final class CopyPlanner {

    private static final int PG_14 = 14;

    private final CatalogReader catalog;
    private final int majorVersion;
    private final long rangeBlocks;

    /// Plans by the catalogue that `catalog` reads.
    ///
    /// @param rangeBlocks blocks in one range
    public CopyPlanner(CatalogReader catalog, int majorVersion, long rangeBlocks) {
        this.catalog = catalog;
        this.majorVersion = majorVersion;
        this.rangeBlocks = rangeBlocks;
    }

    /// Plans a table's copy.
    public CopyPlan plan(Catalog.Followed table) throws SQLException {
        List<CopyRange> ranges = new ArrayList<>();
        for (Storage storage : catalog.storages(table.table())) {
            cut(table.table(), storage, ranges);
        }
        if (ranges.isEmpty()) {
            ranges.add(new CopyRange(0, table.table().quoted(), "", 0));
        }
        return new CopyPlan(table.shape(), catalog.fingerprint(table.table()), ranges, table.estimatedRows());
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
        for (long from = 0; from == 0 || from < storage.blocks(); from += rangeBlocks) {
            boolean last = from + rangeBlocks >= storage.blocks();
            long blocks = last ? storage.blocks() - from : rangeBlocks;
            ranges.add(new CopyRange(ranges.size(), relation, leaf + condition(storage, from, last, from == 0), blocks));
        }
    }

    private String condition(Storage storage, long from, boolean last, boolean first) {
        if (first && last) {
            return "true";
        }
        if (majorVersion >= PG_14) {
            String lower = "ctid >= '(%d,0)'".formatted(from);
            return last ? lower : lower + " AND ctid < '(%d,0)'".formatted(from + rangeBlocks);
        }
        String until = last
                ? "pg_relation_size(%s::oid) / current_setting('block_size')::int".formatted(Integer.toUnsignedString(storage.oid()))
                : Long.toString(from + rangeBlocks - 1);
        // A tuple takes 28 bytes of a block at the least (line pointer and header), so no block has more places than this.
        return ("ctid = ANY (ARRAY(SELECT format('(%%s,%%s)', b, i)::tid FROM generate_series(%d::bigint, %s) b,"
                        + " generate_series(1, current_setting('block_size')::int / 28) i))")
                .formatted(from, until);
    }
}
