package dev.millrace.source.wal;

import dev.millrace.core.change.Batch;
import dev.millrace.core.change.ChangeCursor;
import dev.millrace.core.change.Piece;
import dev.millrace.core.change.TableChanges;
import dev.millrace.core.change.Tuple;
import dev.millrace.core.destination.Receipt;
import dev.millrace.core.feed.ChangeFeed;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.run.Limits;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.secret.Secret;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.source.Selection;
import dev.millrace.postgres.session.PostgresEndpoint;
import dev.millrace.source.Following;
import dev.millrace.source.PostgresSource;
import dev.millrace.source.PostgresSourceSettings;
import dev.millrace.testkit.postgres.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A database with publication and slot, and readers of its log.
final class LogFixture implements AutoCloseable {

    /// Batches that end for other reasons than size, and a backlog that is always streamed.
    static final Limits STREAMING = limits(1 << 20, Long.MAX_VALUE >> 8);

    /// The same, but any backlog is peeked.
    static final Limits PEEKING = limits(1 << 20, 0);

    /// With which columns are hashed.
    static final Salt SALT = Salt.random();

    final TestDatabase database;
    final String slot;
    final Path spool;
    private final List<PostgresSource> sources = new ArrayList<>();

    LogFixture(TestDatabase database) {
        this.database = database;
        this.slot = database.name() + "_slot";
        try {
            this.spool = Files.createTempDirectory("log-fixture");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Limits limits(int batchBytes, long backlogBytes) {
        return new Limits(
                batchBytes, Duration.ofMillis(200), 1, 3, 16_384, Duration.ofMillis(500), backlogBytes, 1_000);
    }

    LogFixture withSlot() {
        database.createPublicationAndSlot("pub", slot);
        return this;
    }

    PostgresEndpoint endpoint() {
        return endpoint(database.user(), database.password());
    }

    PostgresEndpoint endpoint(String user, String password) {
        return new PostgresEndpoint(database.host(), database.port(), database.name(), user, Secret.of(password), Map.of());
    }

    PostgresSource source(Limits limits, Selection selection) {
        PostgresSource source = new PostgresSource(endpoint(), new PostgresSourceSettings(new Following.Log(slot, "pub"), selection, SALT, spool, limits));
        sources.add(source);
        return source;
    }

    ChangeFeed open(Limits limits) {
        return open(limits, confirmed());
    }

    ChangeFeed open(Limits limits, Lsn from) {
        return source(limits, Selection.everything()).openFeed(new LogPosition(from));
    }

    Lsn confirmed() {
        return Lsn.parse(database.value("SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '" + slot + "'"));
    }

    Lsn logEnd() {
        return Lsn.parse(database.value("SELECT pg_current_wal_insert_lsn()")).beforePageHeader();
    }

    /// Everything up to the log's present end, as text, acknowledged as it comes.
    List<String> read(ChangeFeed feed) {
        return read(feed, true);
    }

    List<String> read(ChangeFeed feed, boolean acknowledge) {
        List<String> changes = new ArrayList<>();
        Lsn target = logEnd();
        feed.reach(new LogPosition(target));
        Lsn position = LogPosition.lsn(feed.reachedNow()).equals(confirmed()) ? confirmed() : Lsn.ZERO;
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (position.isBefore(target)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("The feed has not reached " + target + " but " + feed.reachedNow());
            }
            Optional<Batch> next = feed.next(Duration.ofMillis(100));
            if (next.isPresent()) {
                try (Batch batch = next.get()) {
                    changes.addAll(text(batch));
                    position = LogPosition.lsn(batch.through());
                }
                if (acknowledge) {
                    feed.acknowledge(new Receipt(new LogPosition(position)));
                }
            }
        }
        return changes;
    }

    static List<String> text(Batch batch) {
        List<String> changes = new ArrayList<>();
        for (Piece piece : batch.pieces()) {
            for (TableChanges table : piece.changes()) {
                ChangeCursor cursor = table.cursor();
                while (cursor.advance()) {
                    changes.add(text(table, cursor));
                }
            }
        }
        return changes;
    }

    private static String text(TableChanges table, ChangeCursor cursor) {
        StringBuilder text = new StringBuilder(cursor.kind() + " " + table.shape().table().table());
        switch (cursor.kind()) {
            case INSERT -> text.append(' ').append(text(table, cursor.newTuple()));
            case UPDATE -> {
                if (cursor.oldRow() != ChangeCursor.OldRow.NONE) {
                    text.append(' ').append(cursor.oldRow()).append(' ').append(text(table, cursor.oldTuple())).append(" ->");
                }
                text.append(' ').append(text(table, cursor.newTuple()));
            }
            case DELETE -> text.append(' ').append(cursor.oldRow()).append(' ').append(text(table, cursor.oldTuple()));
            case TRUNCATE -> {}
        }
        return text.toString();
    }

    private static String text(TableChanges table, Tuple tuple) {
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < tuple.count(); i++) {
            Column column = table.shape().columns().get(i);
            String value = switch (tuple.kind(i)) {
                case Tuple.NULL -> "null";
                case Tuple.UNCHANGED -> "unchanged";
                case Tuple.TEXT -> new String(tuple.bytes(), tuple.offset(i), tuple.length(i), StandardCharsets.UTF_8);
                default -> binary(column.type().oid(), tuple, i);
            };
            fields.add(column.name() + "=" + (value.length() > 40 ? value.length() + " characters" : value));
        }
        return String.join(" ", fields);
    }

    private static String binary(int oid, Tuple tuple, int field) {
        return switch (oid) {
            case Oid.INT4 -> Integer.toString(Tuple.int32(tuple.bytes(), tuple.offset(field)));
            case Oid.INT8 -> Long.toString(Tuple.int64(tuple.bytes(), tuple.offset(field)));
            default -> new String(tuple.bytes(), tuple.offset(field), tuple.length(field), StandardCharsets.UTF_8);
        };
    }

    @Override
    public void close() {
        sources.forEach(PostgresSource::close);
        database.close();
        try {
            Files.deleteIfExists(spool);
        } catch (IOException e) {
            throw new UncheckedIOException("Something was left in the spool", e);
        }
    }
}
