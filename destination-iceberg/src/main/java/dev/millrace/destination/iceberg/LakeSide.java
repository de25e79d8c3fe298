package dev.millrace.destination.iceberg;

import dev.millrace.core.naming.TargetNames;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.verify.CopySide;
import dev.millrace.destination.duckdb.verify.DuckSide;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// A copy in a lake, held at one moment by the names of its files: nobody changes a file. Belongs to one thread.
final class LakeSide implements CopySide {

    private final DuckSide side;
    private final Runnable closing;

    /// @param closing lets the files go
    LakeSide(DuckSide side, Runnable closing) {
        this.side = side;
        this.closing = closing;
    }

    @Override
    public Subject subject(Shape shape, TargetNames names) {
        return side.subject(shape, names);
    }

    @Override
    public Map<Integer, BucketSum> sums(Subject subject, int buckets) {
        return side.sums(subject, buckets);
    }

    @Override
    public void digests(Subject subject, int buckets, Set<Integer> wanted, Consumer<RowDigest> consumer) {
        side.digests(subject, buckets, wanted, consumer);
    }

    @Override
    public List<CanonicalRow> rows(Subject subject, Collection<String> keyDigests) {
        return side.rows(subject, keyDigests);
    }

    @Override
    public void close() {
        try {
            side.close();
        } finally {
            closing.run();
        }
    }
}
