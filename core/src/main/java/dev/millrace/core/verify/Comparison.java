package dev.millrace.core.verify;

import dev.millrace.core.verify.Side.BucketSum;
import dev.millrace.core.verify.Side.CanonicalRow;
import dev.millrace.core.verify.Side.Subject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Compares a table on two sides: bucket checksums first, then the rows of buckets that differ, then the columns of rows that differ.
public final class Comparison {

    private static final int ROWS_PER_BUCKET = 2_000;
    private static final int BUCKETS_MAX = 1 << 16;
    private static final int BUCKETS_DRILLED_MAX = 64;
    private static final int DIFFERENCES_MAX = 100;

    private final Side source;
    private final Side destination;

    /// Compares what two sides hold; they stay the caller's to close.
    public Comparison(Side source, Side destination) {
        this.source = source;
        this.destination = destination;
    }

    /// Compares one table.
    ///
    /// @param estimatedRows decides how many buckets are made
    public TableVerdict compare(Subject subject, long estimatedRows) {
        int buckets = buckets(estimatedRows);
        Map<Integer, BucketSum> here = source.sums(subject, buckets);
        Map<Integer, BucketSum> there = destination.sums(subject, buckets);
        Set<Integer> all = new TreeSet<>(here.keySet());
        all.addAll(there.keySet());
        Set<Integer> differing = all.stream()
                .filter(bucket -> !Objects.equals(here.get(bucket), there.get(bucket)))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<Integer> drilled = differing.stream().limit(BUCKETS_DRILLED_MAX).collect(Collectors.toSet());
        List<Difference> differences = new ArrayList<>();
        boolean complete = drilled.size() == differing.size();
        if (!drilled.isEmpty()) {
            Set<String> keys = differingKeys(subject, buckets, drilled);
            complete &= keys.size() <= DIFFERENCES_MAX;
            Set<String> named = keys.stream().limit(DIFFERENCES_MAX).collect(Collectors.toCollection(LinkedHashSet::new));
            differences = name(subject, named);
        }
        return new TableVerdict(
                subject.shape().table(), subject.names(), rows(here), rows(there), differing.size(), differences, complete);
    }

    private static int buckets(long rows) {
        long wanted = Math.max(1, rows / ROWS_PER_BUCKET);
        return (int) Math.min(BUCKETS_MAX, Long.highestOneBit(wanted) << 1);
    }

    private static long rows(Map<Integer, BucketSum> sums) {
        return sums.values().stream().mapToLong(BucketSum::rows).sum();
    }

    /// The digests of keys whose rows are not the same multiset on both sides.
    private Set<String> differingKeys(Subject subject, int buckets, Set<Integer> drilled) {
        Map<Side.RowDigest, Integer> balance = new HashMap<>();
        source.digests(subject, buckets, drilled, row -> balance.merge(row, 1, Integer::sum));
        destination.digests(subject, buckets, drilled, row -> balance.merge(row, -1, Integer::sum));
        Set<String> keys = new TreeSet<>();
        balance.forEach((row, count) -> {
            if (count != 0) {
                keys.add(row.keyDigest());
            }
        });
        return keys;
    }

    private List<Difference> name(Subject subject, Set<String> keys) {
        Map<String, List<CanonicalRow>> here = byKey(source.rows(subject, keys));
        Map<String, List<CanonicalRow>> there = byKey(destination.rows(subject, keys));
        List<Difference> differences = new ArrayList<>();
        for (String key : keys) {
            List<CanonicalRow> ours = here.getOrDefault(key, List.of());
            List<CanonicalRow> theirs = there.getOrDefault(key, List.of());
            if (ours.size() > theirs.size()) {
                differences.add(new Difference.Missing(key(subject, ours), ours.size() - theirs.size()));
            } else if (theirs.size() > ours.size()) {
                differences.add(new Difference.Extra(key(subject, theirs), theirs.size() - ours.size()));
            } else if (!ours.isEmpty()) {
                differences.add(new Difference.Unequal(key(subject, ours), columns(subject, ours.getFirst(), theirs.getFirst())));
            }
        }
        return differences;
    }

    private static Map<String, List<CanonicalRow>> byKey(Collection<CanonicalRow> rows) {
        return rows.stream().collect(Collectors.groupingBy(CanonicalRow::keyDigest));
    }

    private static List<String> key(Subject subject, List<CanonicalRow> rows) {
        CanonicalRow row = rows.getFirst();
        return subject.keyPlaces().stream().map(place -> String.valueOf(row.texts().get(place))).toList();
    }

    private static List<String> columns(Subject subject, CanonicalRow here, CanonicalRow there) {
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < here.texts().size(); i++) {
            if (!Objects.equals(here.texts().get(i), there.texts().get(i))) {
                columns.add(subject.shape().columns().get(i).name());
            }
        }
        return columns;
    }
}
