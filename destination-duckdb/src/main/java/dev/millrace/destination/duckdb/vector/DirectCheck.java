package dev.millrace.destination.duckdb.vector;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.type.DuckType;
import dev.millrace.destination.duckdb.type.DuckType.Plain;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides, once for this process, whether vectors are written directly or through the driver's setters.
///
/// Directly if the driver's private fields are as we know them, and if a sample of every kind of vector that is written through them is
/// read back by DuckDB as it should be. The system property `millrace.duckdb.direct`, set to `false`, forbids it.
public final class DirectCheck {

    private static final Logger LOG = LoggerFactory.getLogger(DirectCheck.class);
    private static final String SWITCH = "millrace.duckdb.direct";
    private static final int ROWS = 200;

    private static volatile Optional<DirectTarget.Access> access = Optional.empty();
    private static boolean decided;

    private DirectCheck() {}

    /// A kind of vector with a value for it, as PostgreSQL's text and as DuckDB's.
    private record Sample(int oid, DuckType type, String written, String read) {}

    private static final List<Sample> SAMPLES = List.of(
            new Sample(Oid.BOOL, Plain.BOOLEAN, "t", "true"),
            new Sample(Oid.INT2, Plain.SMALLINT, "-2", "-2"),
            new Sample(Oid.INT4, Plain.INTEGER, "-70000", "-70000"),
            new Sample(Oid.INT8, Plain.BIGINT, "-5000000000", "-5000000000"),
            new Sample(Oid.OID, Plain.UINTEGER, "4000000000", "4000000000"),
            new Sample(Oid.FLOAT4, Plain.FLOAT, "1.5", "1.5"),
            new Sample(Oid.FLOAT8, Plain.DOUBLE, "-2.25", "-2.25"),
            new Sample(Oid.NUMERIC, new DuckType.Decimal(4, 1), "-12.3", "-12.3"),
            new Sample(Oid.NUMERIC, new DuckType.Decimal(9, 2), "1234567.89", "1234567.89"),
            new Sample(Oid.NUMERIC, new DuckType.Decimal(18, 3), "-123456789012345.678", "-123456789012345.678"),
            new Sample(Oid.NUMERIC, new DuckType.Decimal(38, 4), "-1", "-1.0000"),
            new Sample(Oid.NUMERIC, new DuckType.Decimal(38, 0), "12345678901234567890123456789", "12345678901234567890123456789"),
            new Sample(Oid.TEXT, Plain.VARCHAR, "", ""),
            new Sample(Oid.TEXT, Plain.VARCHAR, "twelve bytes", "twelve bytes"),
            new Sample(Oid.TEXT, Plain.VARCHAR, "more than twelve bytes", "more than twelve bytes"),
            new Sample(Oid.DATE, Plain.DATE, "2024-02-29", "2024-02-29"),
            new Sample(Oid.TIMESTAMP, Plain.TIMESTAMP, "1999-12-31 23:59:59.5", "1999-12-31 23:59:59.5"),
            new Sample(Oid.TIMESTAMPTZ, Plain.TIMESTAMPTZ, "infinity", "infinity"));

    static VectorTarget target(DuckType type) {
        return access.<VectorTarget>map(fields -> new DirectTarget(fields, type)).orElseGet(() -> new SetterTarget(type));
    }

    /// Whether vectors are written directly.
    public static boolean isDirect() {
        return access.isPresent();
    }

    /// Decides, if that has not been done. The session belongs to a database that has our function.
    public static synchronized void decide(Connection session) {
        if (decided) {
            return;
        }
        decided = true;
        if (!Boolean.parseBoolean(System.getProperty(SWITCH, "true"))) {
            return;
        }
        access = DirectTarget.access();
        if (access.isPresent() && !passes(session)) {
            access = Optional.empty();
        }
        if (access.isEmpty()) {
            LOG.warn("vectors=setters reason=\"this version of the driver is not known to allow direct writing\"");
        }
    }


    private static boolean passes(Connection session) {
        int[] filled = {0};
        Unfit unfit = new Unfit();
        RowStream.Builder builder = RowStream.of(new TableName("none", "samples"), block -> filled[0]++ == 0 ? fill(block) : 0, unfit, ROWS);
        List<String> items = new ArrayList<>();
        for (Sample sample : SAMPLES) {
            Column column = new Column("sample", new SourceType.Scalar(sample.oid(), "sample", -1, true));
            items.add("CAST(%s AS VARCHAR)".formatted(builder.add(ColumnWriters.of(column, sample.type(), unfit), column.name())));
        }
        try (RowStream stream = builder.open();
                Statement statement = session.createStatement();
                ResultSet rows = statement.executeQuery("SELECT " + String.join(", ", items) + " FROM " + stream.from())) {
            return isRight(rows);
        } catch (SQLException | RuntimeException e) {
            LOG.debug("vectors=unreadable", e);
            return false;
        }
    }

    /// Every third row is null.
    private static int fill(RowBlock block) {
        for (int i = 0; i < SAMPLES.size(); i++) {
            byte[] bytes = SAMPLES.get(i).written().getBytes(StandardCharsets.US_ASCII);
            for (int row = 0; row < ROWS; row++) {
                if (row % 3 == 0) {
                    block.fields[i].setNull(row);
                } else {
                    block.fields[i].set(row, Tuple.TEXT, bytes, 0, bytes.length);
                }
            }
        }
        return ROWS;
    }

    private static boolean isRight(ResultSet rows) throws SQLException {
        int nulls = 0;
        int count = 0;
        for (; rows.next(); count++) {
            boolean isNull = rows.getString(1) == null;
            nulls += isNull ? 1 : 0;
            for (int i = 0; i < SAMPLES.size(); i++) {
                String read = rows.getString(i + 1);
                if (isNull ? read != null : !SAMPLES.get(i).read().equals(read)) {
                    return false;
                }
            }
        }
        return count == ROWS && nulls == (ROWS + 2) / 3;
    }
}
