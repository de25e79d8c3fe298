package dev.millrace.testkit.change;

import dev.millrace.core.change.Batch;
import dev.millrace.core.change.ChangeKind;
import dev.millrace.core.change.Piece;
import dev.millrace.core.change.TableChanges;
import dev.millrace.core.change.TableChangesBuilder;
import dev.millrace.core.change.Transaction;
import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What happened at a source, written down line by line, and given as batches.
///
/// Values are PostgreSQL's text; null is null, [#UNCHANGED] a large value that an update left alone. A row has a value for each of its
/// shape's columns. Belongs to one thread.
public final class ChangeScript {

    /// A field that the log does not carry.
    public static final String UNCHANGED = "<unchanged>";

    /// When the first transaction of a script committed, if it does not say otherwise; and what the last one of a batch tells.
    public static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

    private final boolean binary;
    private final List<TableChanges> done = new ArrayList<>();
    private final Map<TableName, TableChangesBuilder> open = new LinkedHashMap<>();
    private Transaction transaction = new Transaction(1000, Transaction.micros(START));

    private ChangeScript(boolean binary) {
        this.binary = binary;
    }

    /// A log whose values are text.
    public static ChangeScript inText() {
        return new ChangeScript(false);
    }

    /// A log whose values are binary where their types have such a form.
    public static ChangeScript inBinary() {
        return new ChangeScript(true);
    }

    /// What follows happened in the top-level transaction with this id.
    public ChangeScript transaction(long id) {
        transaction = new Transaction(id, transaction.committedAt());
        return this;
    }

    /// What follows happened in the top-level transaction with this id, which committed at that many milliseconds behind [#START].
    public ChangeScript transaction(long id, double milliseconds) {
        transaction = new Transaction(id, Transaction.micros(START) + Math.round(milliseconds * 1_000));
        return this;
    }

    /// A row was inserted.
    public ChangeScript insert(Shape shape, @Nullable String... row) {
        return add(shape, ChangeKind.INSERT, new Part('N', row));
    }

    /// A row was updated, and its key did not change.
    public ChangeScript update(Shape shape, @Nullable String... row) {
        return add(shape, ChangeKind.UPDATE, new Part('N', row));
    }

    /// A row was updated and its key changed.
    ///
    /// @param oldKey the old row's values, of which only those of the key are looked at
    public ChangeScript move(Shape shape, List<@Nullable String> oldKey, @Nullable String... row) {
        return add(shape, ChangeKind.UPDATE, new Part('K', oldKey.toArray(new @Nullable String[0])), new Part('N', row));
    }

    /// A row was updated, and the log has the whole old row.
    public ChangeScript updateWhole(Shape shape, List<@Nullable String> oldRow, @Nullable String... row) {
        return add(shape, ChangeKind.UPDATE, new Part('O', oldRow.toArray(new @Nullable String[0])), new Part('N', row));
    }

    /// A row was deleted.
    ///
    /// @param key the row's values, of which only those of the key are looked at
    public ChangeScript delete(Shape shape, @Nullable String... key) {
        return add(shape, ChangeKind.DELETE, new Part('K', key));
    }

    /// A row was deleted, and the log has all of it.
    public ChangeScript deleteWhole(Shape shape, @Nullable String... row) {
        return add(shape, ChangeKind.DELETE, new Part('O', row));
    }

    /// The table was emptied.
    public ChangeScript truncate(Shape shape) {
        builder(shape).addTruncate(transaction);
        return this;
    }

    private record Part(char letter, @Nullable String[] row) {}

    private ChangeScript add(Shape shape, ChangeKind kind, Part... parts) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        for (Part part : parts) {
            message.write(part.letter());
            message.writeBytes(TupleText.logged(shape, Arrays.asList(part.row()), binary));
        }
        byte[] bytes = message.toByteArray();
        builder(shape).add(kind, transaction, bytes, 0, bytes.length);
        return this;
    }

    private TableChangesBuilder builder(Shape shape) {
        TableChangesBuilder builder = open.get(shape.table());
        if (builder == null || !builder.shape().equals(shape)) {
            if (builder != null) {
                done.add(builder.build());
            }
            builder = new TableChangesBuilder(shape);
            open.put(shape.table(), builder);
        }
        return builder;
    }

    /// Everything written down since the last batch, as one batch.
    ///
    /// @param through the log position behind it
    public Batch batch(long through) {
        return new ScriptedBatch(List.of(new Piece(changes())), new LogPosition(new Lsn(through)));
    }

    /// Everything written down since the last batch, a table's changes of one shape at a time.
    public List<TableChanges> changes() {
        open.values().forEach(builder -> done.add(builder.build()));
        open.clear();
        List<TableChanges> all = List.copyOf(done);
        done.clear();
        return all;
    }

    /// A batch of several, each a piece of it.
    public static Batch pieces(long through, List<ChangeScript> scripts) {
        List<Piece> pieces = scripts.stream().map(script -> new Piece(script.changes())).toList();
        return new ScriptedBatch(pieces, new LogPosition(new Lsn(through)));
    }

    /// The values of a row.
    public static List<@Nullable String> row(@Nullable String... values) {
        return Arrays.asList(values);
    }

    /// Rows as a first copy brings them.
    public static CopyRows copied(Shape shape, List<List<@Nullable String>> rows) {
        Iterator<List<@Nullable String>> left = rows.iterator();
        return () -> left.hasNext() ? TupleText.copied(shape, left.next()) : null;
    }
}
