package dev.millrace.destination.duckdb.fingerprint;

import dev.millrace.core.fingerprint.BucketSums;
import dev.millrace.core.fingerprint.Buckets;
import dev.millrace.core.fingerprint.Fingerprint;
import dev.millrace.core.fingerprint.FingerprintIndex;
import dev.millrace.core.shape.TableName;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// The index of fingerprints in a DuckDB file of its own.
///
/// A row of a key that is a number takes 16 bytes or less; of any other, its bytes and some 12.
public final class DuckFingerprints implements FingerprintIndex {

    private static final long MEMORY_BYTES = 256L << 20;
    private static final int THREADS = 2;

    private final IndexFile file;
    private final Map<TableName, KeyTable> tables = new ConcurrentHashMap<>();

    private DuckFingerprints(IndexFile file) {
        this.file = file;
    }

    /// Opens a file, or makes it: also if it is damaged or of another version, and then nothing is known of any table. It is held until it
    /// is closed.
    ///
    /// @throws dev.millrace.core.fault.Fault if another process holds it, or it can be neither read nor made
    public static DuckFingerprints open(Path path) {
        return open(path, MEMORY_BYTES, Math.min(THREADS, Runtime.getRuntime().availableProcessors()));
    }

    /// The same with limits.
    ///
    /// @param memoryBytes what DuckDB may use; beyond it, it goes to temporary files beside the file
    /// @param threads how many threads work on a statement, the caller's among them
    public static DuckFingerprints open(Path path, long memoryBytes, int threads) {
        DuckFingerprints index = new DuckFingerprints(IndexFile.open(path, memoryBytes, threads));
        try {
            index.load();
            return index;
        } catch (RuntimeException e) {
            index.close();
            throw e;
        }
    }

    private void load() {
        file.change(session -> session.query(
                        "SELECT source_schema, source_table, id, settled, round FROM tables",
                        row -> {
                            TableName table = new TableName(row.getString(1), row.getString(2));
                            return Map.entry(table, new KeyTable(file, table, row.getInt(3), row.getInt(4), row.getInt(5)));
                        })
                .forEach(entry -> {
                    entry.getValue().dropUnpromised(session);
                    tables.put(entry.getKey(), entry.getValue());
                }));
    }

    private KeyTable begun(TableName table) {
        KeyTable begun = tables.get(table);
        if (begun == null) {
            throw new IllegalStateException("Invalid use of the index: nothing is known of %s (must have begun)".formatted(table));
        }
        return begun;
    }

    @Override
    public Optional<State> state(TableName table) {
        return Optional.ofNullable(states().get(table));
    }

    private Map<TableName, State> states() {
        Map<TableName, State> states = new ConcurrentHashMap<>();
        file.use(session -> session.query(
                "SELECT source_schema, source_table, mark, pending FROM tables",
                row -> states.put(
                        new TableName(row.getString(1), row.getString(2)),
                        new State(Optional.ofNullable(row.getString(3)), Optional.ofNullable(row.getString(4))))));
        return states;
    }

    @Override
    public void begin(TableName table) {
        forget(table);
        KeyTable made = file.use(session -> session.inTransaction(() -> KeyTable.make(file, session, table)));
        tables.put(table, made);
    }

    @Override
    public Adding adding(TableName table) {
        return begun(table).adding();
    }

    @Override
    public long count(TableName table) {
        return begun(table).count();
    }

    @Override
    public BucketSums sums(TableName table, Buckets within, int bits) {
        return begun(table).sums(within, bits);
    }

    @Override
    public void read(TableName table, Buckets buckets, Consumer<Fingerprint> consumer) {
        begun(table).read(buckets, consumer);
    }

    @Override
    public Sighting sighting(TableName table) {
        return begun(table).sighting();
    }

    @Override
    public void gone(TableName table, Fingerprint fingerprint) {
        begun(table).gone(fingerprint);
    }

    @Override
    public void promise(Collection<TableName> promised, String mark) {
        List<KeyTable> all = promised.stream().distinct().map(this::begun).toList();
        all.forEach(KeyTable::flushGoing);
        file.change(session -> all.forEach(table -> table.promise(session, mark)));
        all.forEach(KeyTable::promised);
    }

    @Override
    public void confirm(String position) {
        Optional<String> here = Optional.of(position);
        states().forEach((table, state) -> {
            if (state.pending().equals(here)) {
                begun(table).fulfil(position);
            } else if (state.mark().equals(here)) {
                begun(table).revoke();
            } else if (state.mark().isPresent() || state.pending().isPresent()) {
                forget(table);
            }
        });
    }

    @Override
    public void forget(TableName table) {
        KeyTable known = tables.get(table);
        if (known != null) {
            file.change(known::drop);
            tables.remove(table);
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
