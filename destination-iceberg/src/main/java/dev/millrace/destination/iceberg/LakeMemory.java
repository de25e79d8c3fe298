package dev.millrace.destination.iceberg;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.core.destination.CommitUnknown;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.DuckSession;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.types.Types;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What one connection remembers in a lake: a table without rows, in the namespace `_millrace`, each of whose snapshots says in its summary up to which
/// position the connection is in, and which files hold the rest of the memory. Its commit is the moment at which a batch has happened.
///
/// The rest are the tables of the workbench's schema `_millrace`, each as a file of Parquet, which is written anew only when the table has changed.
///
/// Whoever opens a memory takes it over: every later commit of whoever had it before is refused by the catalogue.
final class LakeMemory {

    private static final Logger LOG = LoggerFactory.getLogger(LakeMemory.class);

    private static final String OWNER = "millrace.owner";
    private static final String ATTEMPT = "millrace.attempt";
    private static final String FILES = "millrace.memory";
    private static final String SYSTEM = "millrace.system-identifier";
    private static final String DATABASE = "millrace.database";
    private static final String POSITION = "millrace.position";
    private static final String COMMITTED_AT = "millrace.committed-at";
    private static final String WRITTEN_AT = "millrace.written-at";
    private static final String SALT = "millrace.salt";

    private static final String NAMESPACE = "_millrace";
    private static final TableName SALT_TABLE = new TableName(NAMESPACE, "salt");

    private static final int SNAPSHOTS = 10;
    /// A file that was replaced stays for so many commits, for those who read it just now.
    private static final int GRACE = 20;

    private static final List<String> OWN_TABLES = List.of(
            """
            CREATE TABLE _millrace.lake_tables (
                place_schema VARCHAR NOT NULL, place_table VARCHAR NOT NULL, location VARCHAR NOT NULL, last_column INTEGER NOT NULL,
                is_there BOOLEAN NOT NULL)""",
            """
            CREATE TABLE _millrace.lake_columns (
                schema_name VARCHAR NOT NULL, table_name VARCHAR NOT NULL, column_name VARCHAR NOT NULL, data_type VARCHAR NOT NULL,
                field_id INTEGER NOT NULL, element_id INTEGER NOT NULL, place INTEGER NOT NULL)""",
            "CREATE TABLE _millrace.lake_files (schema_name VARCHAR NOT NULL, table_name VARCHAR NOT NULL, file VARCHAR NOT NULL)",
            """
            CREATE TABLE _millrace.lake_pending (
                source_schema VARCHAR NOT NULL, source_table VARCHAR NOT NULL, first BIGINT NOT NULL, last BIGINT NOT NULL,
                location VARCHAR NOT NULL)""",
            """
            CREATE TABLE _millrace.lake_intents (
                batch BIGINT NOT NULL, place_schema VARCHAR NOT NULL, place_table VARCHAR NOT NULL, line INTEGER NOT NULL, kind VARCHAR NOT NULL,
                content VARCHAR NOT NULL)""");

    /// What is kept whole; pending changes only ever come to those that are there, and the position is in the summary.
    private static final List<String> RELATIONS = List.of(
            "tables", "ranges", "widened", "names", "lake_tables", "lake_columns", "lake_files", "lake_pending", "lake_intents");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<TreeMap<String, String>> NAMES = new TypeReference<>() {};

    private final Lake lake;
    private final LakeFiles storage;
    private final String connection;
    private final String owner = UUID.randomUUID().toString();
    private final BaseTable table;
    private boolean isClaimed;
    private SortedMap<String, String> files = new TreeMap<>();
    private Map<String, String> fingerprints = new HashMap<>();
    private final Deque<List<String>> replaced = new ArrayDeque<>();

    private LakeMemory(Lake lake, String connection, BaseTable table, IcebergSettings settings) {
        this.lake = lake;
        this.connection = connection;
        this.table = table;
        this.storage = new LakeFiles(this::io, LakeFiles.newCache(settings), settings.cacheBytes());
    }

    private static TableName name(String connection) {
        return new TableName(NAMESPACE, "memory_of_" + connection);
    }

    /// Opens the memory of a connection, and makes it if there is none.
    static LakeMemory open(Lake lake, String connection, IcebergSettings settings) {
        return new LakeMemory(lake, connection, findOrMake(lake, name(connection), Map.of()), settings);
    }

    /// Whether there is a memory of a connection.
    static boolean isThere(Lake lake, String connection) {
        try {
            return lake.find(name(connection)).isPresent();
        } catch (RuntimeException e) {
            throw IcebergFaults.of(e, lake.subject());
        }
    }

    /// Opens the memory of a connection for reading; empty if there is none.
    static Optional<LakeMemory> find(Lake lake, String connection, IcebergSettings settings) {
        try {
            return lake.find(name(connection)).map(table -> new LakeMemory(lake, connection, table, settings));
        } catch (RuntimeException e) {
            throw IcebergFaults.of(e, lake.subject());
        }
    }

    /// The files of the warehouse, with a cache that whoever opened this closes.
    LakeFiles storage() {
        return storage;
    }

    private static BaseTable findOrMake(Lake lake, TableName which, Map<String, String> properties) {
        try {
            Optional<BaseTable> found = lake.find(which);
            if (found.isEmpty()) {
                Schema schema = new Schema(Types.NestedField.optional(1, "position", Types.StringType.get()));
                Transaction made = lake.create(which, schema, "%s/%s-%s".formatted(lake.ownFolder(), plain(which.table()), UUID.randomUUID()), properties);
                try {
                    made.commitTransaction();
                } catch (AlreadyExistsException | CommitFailedException e) {
                    LOG.debug("table={} made=\"by somebody else\"", which, e);
                }
            }
            return lake.find(which).orElseThrow(() -> new IllegalStateException("Invalid catalogue: it does not keep " + which));
        } catch (RuntimeException e) {
            throw IcebergFaults.of(e, lake.subject());
        }
    }

    private static String plain(String text) {
        return text.replaceAll("[^A-Za-z0-9_.-]", "_");
    }

    /// The way to the storage.
    FileIO io() {
        return table.io();
    }

    private Map<String, String> summary() {
        Snapshot now = table.currentSnapshot();
        return now == null ? Map.of() : now.summary();
    }

    /// How many commits there were.
    long batch() {
        return Long.parseLong(summary().getOrDefault(RollForward.BATCH, "0"));
    }

    private String folder() {
        return table.location() + "/memory";
    }

    /// Brings what is remembered into a workbench that has the engine's tables and nothing in them.
    ///
    /// @throws dev.millrace.core.fault.Fault `DESTINATION_HELD` if it was this one's, and another has taken it over
    void restore(DuckSession session) {
        try {
            table.refresh();
            checkOwner();
            files = readFiles(session);
            byte[] salt = Base64.getDecoder().decode(salt());
            session.run("INSERT INTO _millrace.salt VALUES (?)", salt);
            fingerprints = fingerprints(session);
        } catch (RuntimeException e) {
            throw IcebergFaults.of(e, lake.subject());
        }
    }

    /// Brings what is remembered into a database for reading.
    void read(DuckSession session) {
        try {
            table.refresh();
            readFiles(session);
        } catch (RuntimeException e) {
            throw IcebergFaults.of(e, lake.subject());
        }
    }

    private SortedMap<String, String> readFiles(DuckSession session) {
        OWN_TABLES.forEach(session::run);
        SortedMap<String, String> now = names(summary().get(FILES));
        now.forEach((relation, location) -> session.run("INSERT INTO _millrace.%s BY NAME FROM read_parquet('%s')"
                .formatted(relation, ParquetFiles.quoted(storage.read(List.of(location)).getFirst()))));
        restorePosition(session);
        restorePending(session);
        return now;
    }

    private String salt() {
        byte[] fresh = dev.millrace.core.secret.Salt.random().reveal();
        BaseTable found = findOrMake(lake, SALT_TABLE, Map.of(SALT, Base64.getEncoder().encodeToString(fresh)));
        return Optional.ofNullable(found.properties().get(SALT))
                .orElseThrow(() -> new IllegalStateException("Invalid table %s: it has lost its property %s".formatted(SALT_TABLE, SALT)));
    }

    private void restorePosition(DuckSession session) {
        Map<String, String> now = summary();
        if (now.containsKey(POSITION)) {
            session.run(
                    "INSERT INTO _millrace.checkpoints VALUES (?, ?, ?, ?, ?, ?)",
                    connection,
                    now.get(SYSTEM),
                    now.get(DATABASE),
                    now.get(POSITION),
                    time(now.get(COMMITTED_AT)),
                    time(now.get(WRITTEN_AT)));
        }
    }

    private static @org.jspecify.annotations.Nullable OffsetDateTime time(@org.jspecify.annotations.Nullable String text) {
        return text == null ? null : Instant.parse(text).atOffset(ZoneOffset.UTC);
    }

    private void restorePending(DuckSession session) {
        List<String> locations = session.query("SELECT location FROM _millrace.lake_pending", row -> row.getString(1));
        if (!locations.isEmpty()) {
            String list = storage.read(locations).stream()
                    .map(file -> "'" + ParquetFiles.quoted(file) + "'")
                    .collect(Collectors.joining(", "));
            session.run("INSERT INTO _millrace.pending BY NAME FROM read_parquet([%s])".formatted(list));
        }
    }

    private static SortedMap<String, String> names(@org.jspecify.annotations.Nullable String json) {
        try {
            return json == null ? new TreeMap<>() : JSON.readValue(json, NAMES);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Invalid memory: its files cannot be read", e);
        }
    }

    private void checkOwner() {
        if (isClaimed && !owner.equals(summary().get(OWNER))) {
            throw IcebergFaults.held(lake.subject());
        }
    }

    /// What tells a relation's rows from others.
    private static Map<String, String> fingerprints(DuckSession session) {
        String sql = RELATIONS.stream()
                .map("SELECT '%1$s' AS name, concat_ws(' ', count(*), bit_xor(hash(t)), sum(hash(t)::HUGEINT)) AS print FROM _millrace.%1$s AS t"::formatted)
                .collect(Collectors.joining(" UNION ALL "));
        Map<String, String> prints = new HashMap<>();
        session.query(sql, row -> prints.put(row.getString(1), row.getString(2)));
        return prints;
    }

    /// Whether the workbench is otherwise than what was committed last.
    private boolean isChanged(Map<String, String> prints, Map<String, String> position) {
        return !isClaimed || !prints.equals(fingerprints) || position.entrySet().stream().anyMatch(entry -> !entry.getValue().equals(summary().get(entry.getKey())));
    }

    /// Commits what the workbench's transaction says of the memory, if that is otherwise than before; returns whether it was.
    ///
    /// @throws CommitUnknown if it cannot be found out whether it happened
    boolean commit(DuckSession session) {
        storePending(session);
        Map<String, String> prints = fingerprints(session);
        Map<String, String> position = position(session);
        if (!isChanged(prints, position)) {
            return false;
        }
        long batch = batch() + 1;
        SortedMap<String, String> now = new TreeMap<>(files);
        List<String> written = new ArrayList<>();
        List<String> old = new ArrayList<>();
        for (String relation : RELATIONS) {
            if (!String.valueOf(prints.get(relation)).equals(fingerprints.get(relation))) {
                String location = "%s/%d-%s-%s.parquet".formatted(folder(), batch, relation, UUID.randomUUID());
                storage.write(location, file -> session.run("COPY _millrace.%s TO '%s' (FORMAT parquet)".formatted(relation, ParquetFiles.quoted(file))));
                written.add(location);
                Optional.ofNullable(now.put(relation, location)).ifPresent(old::add);
            }
        }
        try {
            commit(batch, now, position);
        } catch (CommitUnknown e) {
            throw e;
        } catch (RuntimeException e) {
            written.forEach(this::removeQuietly);
            throw e;
        }
        files = now;
        fingerprints = prints;
        isClaimed = true;
        replaced.add(old);
        while (replaced.size() > GRACE) {
            replaced.remove().forEach(this::removeQuietly);
        }
        return true;
    }

    private Map<String, String> position(DuckSession session) {
        Map<String, String> summary = new LinkedHashMap<>();
        session.query(
                "SELECT system_identifier, source_database, position, committed_at, written_at FROM _millrace.checkpoints WHERE connection = ?",
                row -> {
                    summary.put(SYSTEM, row.getString(1));
                    summary.put(DATABASE, row.getString(2));
                    summary.put(POSITION, row.getString(3));
                    OffsetDateTime committed = row.getObject(4, OffsetDateTime.class);
                    if (committed != null) {
                        summary.put(COMMITTED_AT, committed.toInstant().toString());
                    }
                    summary.put(WRITTEN_AT, row.getObject(5, OffsetDateTime.class).toInstant().toString());
                    return true;
                },
                connection);
        return summary;
    }

    /// What snapshots of tables say of a batch.
    Map<String, String> told(DuckSession session, long batch) {
        Map<String, String> told = new LinkedHashMap<>(position(session));
        told.keySet().retainAll(List.of(POSITION, COMMITTED_AT));
        told.put(RollForward.BATCH, Long.toString(batch));
        told.put(RollForward.CONNECTION, connection);
        return told;
    }

    private void commit(long batch, SortedMap<String, String> now, Map<String, String> position) {
        String attempt = UUID.randomUUID().toString();
        Staging staging = new Staging(table.operations());
        List<Snapshot> gone = outlived(staging);
        try {
            var append = staging.table(name(connection)).newFastAppend();
            position.forEach(append::set);
            append.set(RollForward.BATCH, Long.toString(batch))
                    .set(OWNER, owner)
                    .set(ATTEMPT, attempt)
                    .set(FILES, JSON.writeValueAsString(now))
                    .commit();
            staging.commit();
        } catch (CommitFailedException e) {
            settle(attempt, e);
        } catch (RuntimeException e) {
            settle(attempt, e);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Invalid names of files", e);
        }
        table.refresh();
        gone.forEach(snapshot -> removeQuietly(snapshot.manifestListLocation()));
    }

    private static List<Snapshot> outlived(Staging staging) {
        TableMetadata base = staging.current();
        List<Snapshot> all = base.snapshots();
        if (all.size() < 2 * SNAPSHOTS) {
            return List.of();
        }
        List<Snapshot> gone = List.copyOf(all.subList(0, all.size() - SNAPSHOTS));
        staging.commit(base, TableMetadata.buildFrom(base).removeSnapshots(gone).build());
        return gone;
    }

    /// Finds out whether a commit happened whose answer was none, or a refusal.
    private void settle(String attempt, RuntimeException answer) {
        try {
            table.refresh();
        } catch (RuntimeException e) {
            answer.addSuppressed(e);
            throw new CommitUnknown("The catalogue of %s did not say whether a commit happened".formatted(lake.subject()), answer);
        }
        if (attempt.equals(summary().get(ATTEMPT))) {
            return;
        }
        if (answer instanceof CommitFailedException) {
            // Whoever has it now may be ourselves: a commit that was given up and came late.
            if (isClaimed && owner.equals(summary().get(OWNER))) {
                throw new CommitUnknown("An earlier commit to %s came late".formatted(lake.subject()), answer);
            }
            throw IcebergFaults.held(lake.subject());
        }
        throw IcebergFaults.of(answer, lake.subject());
    }

    private void removeQuietly(String location) {
        try {
            storage.remove(location);
        } catch (RuntimeException e) {
            LOG.debug("file={} removed=false", location, e);
        }
    }

    /// Writes the changes that have come for tables which are being copied, and forgets the files of those that are gone.
    private void storePending(DuckSession session) {
        session.run("""
                DELETE FROM _millrace.lake_pending AS f WHERE NOT EXISTS (
                    SELECT 1 FROM _millrace.pending AS p
                    WHERE p.source_schema = f.source_schema AND p.source_table = f.source_table AND p.number = f.first)""");
        String fresh = """
                FROM _millrace.pending AS p WHERE NOT EXISTS (
                    SELECT 1 FROM _millrace.lake_pending AS f
                    WHERE p.source_schema = f.source_schema AND p.source_table = f.source_table AND p.number BETWEEN f.first AND f.last)""";
        record Part(TableName table, long first, long last) {}
        List<Part> parts = session.query(
                "SELECT source_schema, source_table, min(number), max(number) %s GROUP BY ALL".formatted(fresh),
                row -> new Part(new TableName(row.getString(1), row.getString(2)), row.getLong(3), row.getLong(4)));
        for (Part part : parts) {
            String location = "%s/pending-%s.parquet".formatted(folder(), UUID.randomUUID());
            String rows = "SELECT p.* %s AND p.source_schema = '%s' AND p.source_table = '%s'"
                    .formatted(fresh, part.table().schema().replace("'", "''"), part.table().table().replace("'", "''"));
            storage.write(location, file -> session.run("COPY (%s) TO '%s' (FORMAT parquet, COMPRESSION zstd)".formatted(rows, ParquetFiles.quoted(file))));
            session.run(
                    "INSERT INTO _millrace.lake_pending VALUES (?, ?, ?, ?, ?)",
                    part.table().schema(),
                    part.table().table(),
                    part.first(),
                    part.last(),
                    location);
        }
    }
}
