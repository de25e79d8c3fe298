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
    private final boolean endsAreSeen;

    /// Compares what two sides hold; they stay the caller's to close.
    ///
    /// @param endsAreSeen whether the destination is told of rows that end; if not, rows that it alone has are counted and are no difference
    public Comparison(Side source, Side destination, boolean endsAreSeen) {
        this.source = source;
        this.destination = destination;
        this.endsAreSeen = endsAreSeen;
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
        List<Integer> differing = all.stream().filter(bucket -> !Objects.equals(here.get(bucket), there.get(bucket))).toList();
        Drilled drilled = new Drilled();
        for (int from = 0; from < differing.size() && (from == 0 || !endsAreSeen); from += BUCKETS_DRILLED_MAX) {
            List<Integer> group = differing.subList(from, Math.min(differing.size(), from + BUCKETS_DRILLED_MAX));
            drill(subject, buckets, Set.copyOf(group), drilled);
        }
        boolean complete = drilled.keys.size() <= DIFFERENCES_MAX && (differing.size() <= BUCKETS_DRILLED_MAX || !endsAreSeen);
        List<Difference> differences = drilled.keys.isEmpty()
                ? List.of()
                : name(subject, drilled.keys.stream().limit(DIFFERENCES_MAX).collect(Collectors.toCollection(LinkedHashSet::new)));
        return new TableVerdict(
                subject.shape().table(),
                subject.names(),
                rows(here),
                rows(there),
                endsAreSeen ? differing.size() : drilled.buckets,
                differences,
                complete,
                drilled.ended);
    }

    /// What was found in buckets that differ.
    private static final class Drilled {
        final Set<String> keys = new TreeSet<>();
        int buckets;
        long ended;
    }

    private static int buckets(long rows) {
        long wanted = Math.max(1, rows / ROWS_PER_BUCKET);
        return (int) Math.min(BUCKETS_MAX, Long.highestOneBit(wanted) << 1);
    }

    private static long rows(Map<Integer, BucketSum> sums) {
        return sums.values().stream().mapToLong(BucketSum::rows).sum();
    }

    /// Finds the keys whose rows are not the same multiset on both sides.
    private void drill(Subject subject, int buckets, Set<Integer> group, Drilled drilled) {
        Map<Side.RowDigest, Integer> balance = new HashMap<>();
        source.digests(subject, buckets, group, row -> balance.merge(row, 1, Integer::sum));
        destination.digests(subject, buckets, group, row -> balance.merge(row, -1, Integer::sum));
        Set<String> lacking = new TreeSet<>();
        balance.forEach((row, count) -> {
            if (count > 0 || count < 0 && endsAreSeen) {
                lacking.add(row.keyDigest());
            }
        });
        if (!endsAreSeen) {
            balance.forEach((row, count) -> drilled.ended += lacking.contains(row.keyDigest()) ? 0 : -count);
            drilled.buckets += lacking.isEmpty() ? 0 : 1;
        }
        lacking.stream().limit(DIFFERENCES_MAX + 1L - drilled.keys.size()).forEach(drilled.keys::add);
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
