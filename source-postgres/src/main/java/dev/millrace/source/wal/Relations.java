package dev.millrace.source.wal;

import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.RowIdentity;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.shape.WireForm;
import dev.millrace.core.value.PgText;
import dev.millrace.core.value.ValueHash;
import dev.millrace.source.pgoutput.DamagedMessage;
import dev.millrace.source.pgoutput.LogMessage;
import dev.millrace.source.pgoutput.LogMessage.RelationColumn;
import dev.millrace.source.filter.RowSieve;
import dev.millrace.source.pgoutput.ColumnMask;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The relations that the log has spoken of, by number, each as its latest message has it. Belongs to the reading thread.
///
/// The log's word decides which columns a row has and of which types; the catalogue, which may be newer than the log,
/// says which of them are copied, what is to be known of their types, and by which key rows are told apart. Where both agree on all
/// columns, their numbers and the table's past are known too. The server repeats itself whenever something of a table may have changed,
/// so the catalogue is asked each time.
final class Relations {

    private final TableLookup lookup;
    private final Map<Integer, Relation> byOid = new HashMap<>();
    private boolean binary;
    private int latestOid;
    private @Nullable Relation latest;

    Relations(TableLookup lookup) {
        this.lookup = lookup;
    }

    /// Says whether the log is read in binary from here on, and forgets what it said before.
    void begin(boolean inBinary) {
        binary = inBinary;
        byOid.clear();
        latest = null;
    }

    /// Whether binary is worth trying.
    boolean mayBeBinary() {
        return lookup.mayBeBinary();
    }

    /// The meaning of a relation's number.
    ///
    /// @throws DamagedMessage if no message has explained it
    Relation of(int oid) {
        Relation known = latest;
        if (known != null && oid == latestOid) {
            return known;
        }
        known = byOid.get(oid);
        if (known == null) {
            throw new DamagedMessage("Invalid relation in the log: %d (must be one that was explained before)"
                    .formatted(Integer.toUnsignedLong(oid)));
        }
        latest = known;
        latestOid = oid;
        return known;
    }

    /// Takes in what the log says of a relation.
    ///
    /// @throws BinaryUnfit if it has columns that have to come as text
    void learn(LogMessage.Relation message) {
        latest = null;
        TableName table = new TableName(message.schema().isEmpty() ? "pg_catalog" : message.schema(), message.table());
        Relation relation = lookup.find(table).<Relation>map(found -> followed(table, message, found)).orElseGet(Relation.Skipped::new);
        byOid.merge(message.oid(), relation, Relations::unchanged);
    }

    /// What is said again stays the same object: shapes are compared for every row.
    private static Relation unchanged(Relation before, Relation now) {
        return before instanceof Relation.Followed(Shape was, int _, ColumnMask _, RowSieve _)
                        && now instanceof Relation.Followed(Shape is, int columns, ColumnMask mask, RowSieve sieve)
                        && was.equals(is)
                ? new Relation.Followed(was, columns, mask, sieve)
                : now;
    }

    private Relation.Followed followed(TableName table, LogMessage.Relation message, TableLookup.FollowedTable found) {
        Map<String, Column> known =
                found.shape().columns().stream().collect(Collectors.toMap(Column::name, column -> column));
        int count = message.columns().size();
        boolean[] kept = new boolean[count];
        List<Column> columns = new ArrayList<>(count);
        List<RelationColumn> logged = new ArrayList<>(count);
        Map<Integer, ColumnMask.Hashing> hashed = new HashMap<>();
        for (int i = 0; i < count; i++) {
            RelationColumn column = message.columns().get(i);
            kept[i] = !found.leftOut().test(column.name());
            if (kept[i]) {
                SourceType type = type(table, column, known.get(column.name()));
                Optional<ValueHash> hash = found.hashed().apply(column.name());
                if (hash.isPresent()) {
                    hashed.put(i, new ColumnMask.Hashing(type, hash.get()));
                }
                columns.add(new Column(column.name(), hash.isPresent() ? new SourceType.Hashed(type) : type));
                logged.add(column);
            }
        }
        RowIdentity identity = identity(message.replicaIdentity(), logged, found.shape());
        boolean agreed = message.oid() == found.shape().origin().relation() && isSame(columns, found.shape().columns());
        Shape shape = agreed
                ? new Shape(table, found.shape().columns(), identity, found.shape().origin())
                : new Shape(table, columns, identity);
        boolean isPassedOn = columns.size() == count && hashed.isEmpty();
        ColumnMask mask = isPassedOn ? null : new ColumnMask(kept, hashed);
        // Rows that cannot be asked keep a shape without the filter, and the run then has their table copied anew.
        RowSieve sieve = found.shape().filter().isEmpty() ? null : RowSieve.of(shape, found.shape()).orElse(null);
        return new Relation.Followed(sieve == null ? shape : shape.withFilter(found.shape().filter()), count, mask, sieve);
    }

    /// Whether the log speaks of the columns that the catalogue has now: one after the other, so that each is that of its place.
    private static boolean isSame(List<Column> logged, List<Column> now) {
        boolean same = logged.size() == now.size();
        for (int i = 0; same && i < logged.size(); i++) {
            same = logged.get(i).name().equals(now.get(i).name()) && logged.get(i).type().equals(now.get(i).type());
        }
        return same;
    }

    private SourceType type(TableName table, RelationColumn column, @Nullable Column known) {
        SourceType own = known == null ? null : known.type() instanceof SourceType.Hashed(SourceType of) ? of : known.type();
        SourceType type = own != null && isOf(own, column)
                ? own
                : lookup.type(column.typeOid(), column.modifier())
                        .orElseGet(() -> GoneType.of(column.typeOid(), column.modifier()));
        if (binary && WireForm.mustBeLoggedAsText(type)) {
            throw new BinaryUnfit(table, column.name());
        }
        return type;
    }

    private static boolean isOf(SourceType type, RelationColumn column) {
        return type.oid() == column.typeOid() && modifier(type) == column.modifier();
    }

    private static int modifier(SourceType type) {
        return switch (type) {
            // Those of money and of floating-point numbers are ours.
            case SourceType.Scalar scalar -> scalar.oid() == Oid.MONEY || PgText.hasFloats(scalar) ? -1 : scalar.modifier();
            case SourceType.ArrayOf array -> modifier(array.element());
            case SourceType.Enumeration _, SourceType.Domain _, SourceType.RangeOf _, SourceType.MultirangeOf _, SourceType.Composite _,
                    SourceType.Hashed _ -> -1;
        };
    }

    /// The catalogue's key, as long as the log carries its columns in old rows; else the columns that the log calls the identity.
    private static RowIdentity identity(char replicaIdentity, List<RelationColumn> logged, Shape now) {
        List<String> key = now.keyPlaces().stream().map(place -> now.columns().get(place).name()).toList();
        Set<String> carried = logged.stream().filter(RelationColumn::key).map(RelationColumn::name).collect(Collectors.toSet());
        boolean identified = replicaIdentity == 'd' || replicaIdentity == 'i';
        if (identified && !carried.isEmpty() && !(carried.containsAll(key) && !key.isEmpty())) {
            return places(logged, carried).orElseGet(RowIdentity.WholeRow::new);
        }
        Set<String> names = logged.stream().map(RelationColumn::name).collect(Collectors.toSet());
        return names.containsAll(key) ? places(logged, Set.copyOf(key)).orElseGet(RowIdentity.WholeRow::new) : new RowIdentity.WholeRow();
    }

    private static Optional<RowIdentity> places(List<RelationColumn> logged, Set<String> key) {
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < logged.size(); i++) {
            if (key.contains(logged.get(i).name())) {
                places.add(i);
            }
        }
        return places.isEmpty() ? Optional.empty() : Optional.of(new RowIdentity.Keyed(places));
    }
}
