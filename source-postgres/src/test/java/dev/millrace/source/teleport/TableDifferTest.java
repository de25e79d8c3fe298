package dev.millrace.source.teleport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.change.ChangeCursor;
import dev.millrace.core.change.ChangeKind;
import dev.millrace.core.change.TableChangesBuilder;
import dev.millrace.core.change.Transaction;
import dev.millrace.core.change.Tuple;
import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fingerprint.Buckets;
import dev.millrace.core.fingerprint.Fingerprint;
import dev.millrace.core.fingerprint.FingerprintIndex.Adding;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.secret.Secret;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.shape.WireForm;
import dev.millrace.core.source.Selection;
import dev.millrace.core.value.ValueHash;
import dev.millrace.postgres.session.PostgresEndpoint;
import dev.millrace.postgres.sql.HashedValue;
import dev.millrace.postgres.sql.PrintedValue;
import dev.millrace.source.catalog.CatalogReader;
import dev.millrace.source.catalog.Scope;
import dev.millrace.source.copy.BinaryCopyRows;
import dev.millrace.testkit.fingerprint.MemoryFingerprints;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.postgresql.PGConnection;

class TableDifferTest {

    private static final TableName NOTES = new TableName("public", "notes");
    private static final Salt SALT = Salt.random();
    private static final List<Integer> OLD_AND_NEW = List.of(11, 17);

    /// A database with a table `notes` whose key's fields, as they print, are what the index was given for it.
    private static final class Compared implements AutoCloseable {
        private final TestDatabase db;
        private final Connection session;
        private final MemoryFingerprints index = new MemoryFingerprints();
        private final Shape shape;

        Compared(int version, String columns, String... sql) throws SQLException {
            this(version, Set.of(), columns, sql);
        }

        Compared(int version, Set<String> hashed, String columns, String... sql) throws SQLException {
            db = TestPostgres.version(version).newDatabase();
            db.execute("CREATE EXTENSION citext SCHEMA public", "CREATE TABLE notes (%s)".formatted(columns));
            db.execute(sql);
            db.execute("CREATE PUBLICATION pub FOR TABLE notes");
            session = new PostgresEndpoint(db.host(), db.port(), db.name(), db.user(), Secret.of(db.password()), Map.of()).open();
            session.setAutoCommit(false);
            Shape found = new CatalogReader(session, new Scope.Published("pub"), Selection.everything(), SALT)
                    .find(NOTES)
                    .orElseThrow()
                    .shape();
            session.rollback();
            List<Column> made = found.columns().stream()
                    .map(column -> hashed.contains(column.name())
                            ? new Column(column.name(), new SourceType.Hashed(column.type()), column.number(), column.initially())
                            : column)
                    .toList();
            shape = new Shape(found.table(), made, found.identity(), found.origin());
            index.begin(NOTES);
            learn("true");
        }

        /// Adds the keys of rows that fulfil a condition, as a copy does.
        void learn(String condition) throws SQLException {
            begin();
            ValueHash hash = new ValueHash(SALT);
            String fields = IntStream.range(0, shape.columns().size())
                    .mapToObj(i -> {
                        Column column = shape.columns().get(i);
                        String name = TableName.quote(column.name());
                        return WireForm.of(column.type()) == WireForm.BINARY
                                ? name
                                : PrintedValue.of(name);
                    })
                    .reduce((a, b) -> a + ", " + b)
                    .orElseThrow();
            String sql = "COPY (SELECT %s, %s FROM public.notes WHERE %s) TO STDOUT (FORMAT binary)".formatted(fields, KeySql.hash(shape), condition);
            CopyRows rows = new BinaryCopyRows(session.unwrap(PGConnection.class).getCopyAPI().copyOut(sql), "notes");
            Tuple tuple = new Tuple();
            try (Adding adding = index.adding(NOTES)) {
                for (byte[] row = rows.next(); row != null; row = rows.next()) {
                    tuple.readCopied(row, 0);
                    int last = shape.columns().size();
                    adding.add(Tuple.int64(row, tuple.offset(last)), key(tuple, row, hash));
                }
                adding.commit();
            }
            session.rollback();
        }

        private byte[] key(Tuple tuple, byte[] row, ValueHash hash) {
            if (shape.keyPlaces().size() == 1 && shape.columns().get(shape.keyPlaces().getFirst()).isHashed()) {
                int place = shape.keyPlaces().getFirst();
                return hash.of(shape.columns().get(place).type(), Tuple.TEXT, row, tuple.offset(place), tuple.length(place));
            }
            return PackedKey.of(shape, tuple);
        }

        private void begin() throws SQLException {
            try (var statement = session.createStatement()) {
                statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
            }
            HashedValue.giveSalt(session, SALT);
        }

        Result diff() throws SQLException {
            return diff("ONLY public.notes");
        }

        Result diff(String from) throws SQLException {
            begin();
            List<Fingerprint> vanished = new ArrayList<>();
            TableDiffer.Found found = new TableDiffer(index).diff(session, shape, from, Optional.empty(), vanished::add);
            Set<String> unknown = new TreeSet<>();
            if (found.unknownRows().isPresent()) {
                try (var statement = session.createStatement();
                        var row = statement.executeQuery("SELECT id::text FROM public.notes WHERE " + found.unknownRows().orElseThrow())) {
                    while (row.next()) {
                        unknown.add(row.getString(1));
                    }
                }
            }
            session.rollback();
            assertThat(found.vanished()).isEqualTo(vanished.size());
            assertThat(vanished).doesNotHaveDuplicates();
            return new Result(found, vanished, unknown);
        }

        @Override
        public void close() throws SQLException {
            session.close();
            db.close();
        }
    }

    private record Result(TableDiffer.Found found, List<Fingerprint> vanished, Set<String> unknown) {

        Set<Long> numbers() {
            Set<Long> numbers = new TreeSet<>();
            vanished.forEach(key -> numbers.add(switch (key.key().length) {
                case 2 -> (long) Tuple.int16(key.key(), 0);
                case 4 -> (long) Tuple.int32(key.key(), 0);
                default -> Tuple.int64(key.key(), 0);
            }));
            return numbers;
        }

        Set<String> texts() {
            Set<String> texts = new TreeSet<>();
            vanished.forEach(key -> texts.add(new String(key.key(), StandardCharsets.UTF_8)));
            return texts;
        }
    }

    private interface Check {
        void run(int version) throws Exception;
    }

    private static Stream<DynamicTest> onOldAndNew(Check check) {
        return OLD_AND_NEW.stream().map(version -> DynamicTest.dynamicTest("PostgreSQL " + version, () -> check.run(version)));
    }

    @TestFactory
    Stream<DynamicTest> deletes_are_found_whatever_their_number() {
        return onOldAndNew(version -> {
            for (String type : List.of("int", "bigint", "smallint")) {
                try (Compared notes = new Compared(version, "id %s PRIMARY KEY, body text".formatted(type),
                        "INSERT INTO notes SELECT i, 'n' FROM generate_series(-5000, 5000) i")) {
                    assertThat(notes.diff().vanished()).isEmpty();
                    Set<Long> gone = new TreeSet<>();
                    for (String condition : List.of("id = -7", "id IN (0, -1, 4000)", "id % 100 = 3", "id % 3 = 0", "id < 4990", "true")) {
                        notes.db.query("SELECT id FROM notes WHERE " + condition)
                                .forEach(row -> gone.add(Long.valueOf(String.valueOf(row.getFirst()))));
                        notes.db.execute("DELETE FROM notes WHERE " + condition);
                        Result result = notes.diff();
                        assertThat(result.numbers()).as("%s %s", type, condition).isEqualTo(gone);
                        assertThat(result.unknown()).isEmpty();
                    }
                }
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> what_came_meanwhile_does_not_hide_what_went() {
        return onOldAndNew(version -> {
            try (Compared notes = new Compared(version, "id int PRIMARY KEY, body text",
                    "INSERT INTO notes SELECT i, 'n' FROM generate_series(1, 3000) i")) {
                notes.db.execute("DELETE FROM notes WHERE id % 10 = 0", "INSERT INTO notes SELECT i, 'n' FROM generate_series(3001, 3300) i");
                Result before = notes.diff();
                assertThat(before.numbers()).hasSize(300).allMatch(id -> id % 10 == 0);
                assertThat(before.unknown()).hasSize(300).contains("3001", "3300");
                notes.learn("id > 3000");
                Result after = notes.diff();
                assertThat(after.numbers()).isEqualTo(before.numbers());
                assertThat(after.unknown()).isEmpty();
                assertThat(after.found().rows()).isEqualTo(3000);
            }
        });
    }

    @Tag("long")
    @TestFactory
    Stream<DynamicTest> keys_of_other_types_are_told_by_their_bytes() {
        Map<String, String> types = new TreeMap<>(Map.of(
                "text", "'ключ ' || i",
                "varchar(20)", "'v' || i",
                "char(9)", "'c' || i",
                "uuid", "md5(i::text)::uuid",
                "numeric", "i / 7.0",
                "timestamptz", "timestamptz '2020-01-01 00:00+00' + i * interval '1 second'",
                "bytea", "decode(md5(i::text), 'hex')",
                "float8", "i / 7.0",
                "date", "date '2000-01-01' + i",
                "public.citext", "'Case ' || i"));
        return onOldAndNew(version -> {
            for (Map.Entry<String, String> type : types.entrySet()) {
                try (Compared notes = typed(version, type.getKey(), type.getValue())) {
                    List<List<@Nullable String>> gone = notes.db.query("SELECT id FROM notes WHERE n % 50 = 7");
                    notes.db.execute("DELETE FROM notes WHERE n % 50 = 7");
                    Result result = notes.diff();
                    assertThat(result.vanished()).as(type.getKey()).hasSize(gone.size()).hasSize(40);
                    assertThat(result.found().unknown()).isZero();
                    if (WireForm.of(notes.shape.columns().getFirst().type()) == WireForm.TEXT || type.getValue().startsWith("'")) {
                        Set<String> texts = new TreeSet<>();
                        gone.forEach(row -> texts.add(String.valueOf(row.getFirst())));
                        assertThat(result.texts()).as(type.getKey()).isEqualTo(texts);
                    }
                }
            }
        });
    }

    private static Compared typed(int version, String type, String value) throws SQLException {
        return new Compared(version, "id %s PRIMARY KEY, n int".formatted(type),
                "INSERT INTO notes SELECT (%s)::%s, i FROM generate_series(1, 2000) i".formatted(value, type));
    }

    @TestFactory
    Stream<DynamicTest> a_key_of_several_columns_is_deleted_by_all_of_them() {
        return onOldAndNew(version -> {
            try (Compared notes = new Compared(version, "body text, id int, part text, PRIMARY KEY (part, id)",
                    "INSERT INTO notes SELECT 'n', i, p FROM generate_series(1, 1000) i, unnest(ARRAY['', 'a', 'a1']) p")) {
                notes.db.execute("DELETE FROM notes WHERE id = 11 AND part = 'a'");
                Result result = notes.diff();
                byte[] message = PackedKey.delete(notes.shape, result.vanished().getFirst().key());
                TableChangesBuilder changes = new TableChangesBuilder(notes.shape);
                changes.add(ChangeKind.DELETE, new Transaction(1, 0), message, 0, message.length);
                ChangeCursor cursor = changes.build().cursor();
                assertThat(cursor.advance()).isTrue();
                Tuple key = cursor.oldTuple();
                assertThat(result.vanished()).hasSize(1);
                assertThat(key.count()).isEqualTo(3);
                assertThat(key.kind(0)).isEqualTo(Tuple.NULL);
                assertThat(key.kind(1)).isEqualTo(Tuple.BINARY);
                assertThat(Tuple.int32(key.bytes(), key.offset(1))).isEqualTo(11);
                assertThat(new String(key.bytes(), key.offset(2), key.length(2), StandardCharsets.UTF_8)).isEqualTo("a");
            }
        });
    }

    /// `hashint8extended` folds the upper half of a number into the lower one, so all of these have one hash.
    @TestFactory
    Stream<DynamicTest> keys_that_share_a_hash_are_told_by_their_bytes() {
        return onOldAndNew(version -> {
            try (Compared notes = new Compared(version, "id bigint PRIMARY KEY",
                    "INSERT INTO notes SELECT i << 32 | i # 5 FROM generate_series(0, 9::bigint) i",
                    "INSERT INTO notes SELECT i FROM generate_series(100, 500) i")) {
                assertThat(notes.db.value("SELECT count(DISTINCT hashint8extended(id, 0)) FROM notes WHERE id = 5 OR id > 1000")).isEqualTo("1");
                notes.db.execute("DELETE FROM notes WHERE id = 3::bigint << 32 | 6");
                assertThat(notes.diff().numbers()).containsExactly(3L << 32 | 6);
                notes.db.execute("DELETE FROM notes WHERE id = 5 OR id > 6::bigint << 32 OR id = 333");
                assertThat(notes.diff().numbers())
                        .containsExactlyInAnyOrder(3L << 32 | 6, 5L, 333L, 6L << 32 | 3, 7L << 32 | 2, 8L << 32 | 13, 9L << 32 | 12);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> keys_that_the_index_lacks_are_named_by_a_condition() {
        return onOldAndNew(version -> {
            try (Compared notes = new Compared(version, "id int PRIMARY KEY, part text",
                    "INSERT INTO notes SELECT i, 'p' || i % 2 FROM generate_series(1, 40000) i")) {
                notes.index.begin(NOTES);
                assertThat(notes.diff().unknown()).hasSize(40_000);
                notes.learn("id % 1000 > 0");
                Result few = notes.diff();
                assertThat(few.found().unknown()).isEqualTo(40);
                assertThat(few.unknown()).hasSize(40).allMatch(id -> id.endsWith("000"));
                notes.index.begin(NOTES);
                notes.learn("id % 2 = 0");
                Result many = notes.diff();
                assertThat(many.found().unknown()).isEqualTo(20_000);
                assertThat(many.unknown()).hasSizeBetween(20_000, 22_000).contains("1", "39999");
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> rows_that_a_condition_leaves_out_have_vanished() {
        return onOldAndNew(version -> {
            try (Compared notes = new Compared(version, "id int PRIMARY KEY, part text",
                    "INSERT INTO notes SELECT i, 'p' || i % 4 FROM generate_series(1, 4000) i")) {
                Result result = notes.diff("ONLY public.notes WHERE (part <> 'p1') AND (id > 0)");
                assertThat(result.numbers()).hasSize(1000).allMatch(id -> id % 4 == 1);
                assertThat(result.found().rows()).isEqualTo(3000);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> a_hashed_key_vanishes_as_its_hash_and_is_never_seen_itself() {
        return onOldAndNew(version -> {
            try (Compared notes = new Compared(version, Set.of("id"), "id text PRIMARY KEY, body text",
                    "INSERT INTO notes SELECT 'secret ' || i, 'n' FROM generate_series(1, 500) i")) {
                notes.db.execute("DELETE FROM notes WHERE id IN ('secret 7', 'secret 77')");
                ValueHash hash = new ValueHash(SALT);
                assertThat(notes.diff().texts()).containsExactlyInAnyOrder(hash.of("secret 7"), hash.of("secret 77"));
                notes.db.execute("DELETE FROM notes WHERE id LIKE '%1%'");
                assertThat(notes.diff().texts()).hasSizeGreaterThan(100).contains(hash.of("secret 1")).allMatch(text -> text.length() == 64);
                assertThat(notes.diff().vanished().getFirst().key()[0]).isNotEqualTo((byte) 's');
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> few_bytes_are_sent_for_few_deletes() {
        return onOldAndNew(version -> {
            try (Compared notes = new Compared(version, "id bigint PRIMARY KEY, body text",
                    "INSERT INTO notes SELECT i * 1000003::bigint, repeat('n', 80) FROM generate_series(1, 200000) i")) {
                assertThat(notes.diff().found().bytes()).as("where nothing changed").isLessThan(100);
                notes.db.execute("DELETE FROM notes WHERE id / 1000003 % 100 = 42");
                Result result = notes.diff();
                assertThat(result.numbers()).hasSize(2000).allMatch(id -> id / 1_000_003 % 100 == 42);
                assertThat(result.found().bytes()).as("of 20 MB").isLessThan(300_000);
            }
        });
    }

    @Tag("long")
    @TestFactory
    Stream<DynamicTest> large_buckets_are_cut_finer() {
        return onOldAndNew(version -> {
            try (Compared notes = new Compared(version, "id int PRIMARY KEY",
                    "INSERT INTO notes SELECT i FROM generate_series(1, 700000) i")) {
                notes.db.execute("DELETE FROM notes WHERE id % 20 = 5");
                Result result = notes.diff();
                assertThat(result.numbers()).hasSize(35_000).allMatch(id -> id % 20 == 5);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> a_hash_does_not_depend_on_the_session_or_the_version() {
        List<String> hashes = new ArrayList<>();
        return TestPostgres.chosen(TestPostgres.VERSIONS).stream().map(version -> DynamicTest.dynamicTest("PostgreSQL " + version, () -> {
            try (Compared notes = new Compared(version, "id numeric, part uuid, at timestamptz, name varchar(9), n int2, PRIMARY KEY (id, part, at, name, n)",
                    "INSERT INTO notes VALUES (1.50, '00000000-0000-0000-0000-00000000002a', '2020-02-02 02:02+02', 'ü', -3)")) {
                List<Fingerprint> keys = new ArrayList<>();
                notes.index.read(NOTES, Buckets.all(1), keys::add);
                hashes.add(String.valueOf(keys.getFirst().hash()));
                assertThat(new TreeSet<>(hashes)).hasSize(1);
                assertThat(notes.diff().vanished()).isEmpty();
            }
        }));
    }

    @Test
    void a_table_that_is_gone_is_a_fault() throws SQLException {
        try (Compared notes = new Compared(17, "id int PRIMARY KEY")) {
            notes.db.execute("DROP TABLE notes");
            assertThatThrownBy(notes::diff).isInstanceOf(Fault.class);
        }
    }
}
