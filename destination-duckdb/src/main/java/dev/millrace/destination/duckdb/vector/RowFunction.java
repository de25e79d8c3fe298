package dev.millrace.destination.duckdb.vector;

import dev.millrace.destination.duckdb.type.DuckType;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBDataChunkWriter;
import org.duckdb.DuckDBFunctions;
import org.duckdb.DuckDBLogicalType;
import org.duckdb.DuckDBTableFunction;
import org.duckdb.DuckDBTableFunctionBindInfo;
import org.duckdb.DuckDBTableFunctionBuilder;
import org.duckdb.DuckDBTableFunctionCallInfo;
import org.duckdb.DuckDBTableFunctionInitInfo;

/// The one table function that we register with a database: `millrace_rows(id)` gives the rows of the [RowStream] with that id.
///
/// One function with a parameter, since registering a name again does not replace what it meant. Streams are found by id in this
/// process's memory, whichever database asks.
public final class RowFunction implements DuckDBTableFunction<RowStream, RowStream, RowStream> {

    static final String NAME = "millrace_rows";

    private static final Map<Long, RowStream> STREAMS = new ConcurrentHashMap<>();
    private static final AtomicLong NEXT_ID = new AtomicLong();

    private RowFunction() {}

    /// Makes the function known to the database of a session; once a database.
    public static void registerWith(Connection session) throws SQLException {
        try (DuckDBTableFunctionBuilder builder = DuckDBFunctions.tableFunction()) {
            builder.withName(NAME)
                    .withParameter(DuckDBColumnType.BIGINT)
                    .withFunction(new RowFunction())
                    .register(session);
        }
    }

    static RowStream register(LongFunction<RowStream> maker) {
        RowStream stream = maker.apply(NEXT_ID.incrementAndGet());
        STREAMS.put(stream.id(), stream);
        return stream;
    }

    static void forget(RowStream stream) {
        STREAMS.remove(stream.id());
    }

    @Override
    public RowStream bind(DuckDBTableFunctionBindInfo info) throws SQLException {
        long id = info.getParameter(0).getLong();
        RowStream stream = STREAMS.get(id);
        if (stream == null) {
            throw new IllegalArgumentException("Invalid stream of rows: " + id + " (must be open)");
        }
        List<DuckType> types = stream.vectorTypes();
        for (int i = 0; i < types.size(); i++) {
            try (DuckDBLogicalType type = logical(types.get(i))) {
                info.addResultColumn("c" + i, type);
            }
        }
        info.setCardinality(stream.rows(), true);
        return stream;
    }

    private static DuckDBLogicalType logical(DuckType type) throws SQLException {
        return switch (type) {
            case DuckType.Decimal(int width, int scale) -> DuckDBLogicalType.decimal(width, scale);
            case DuckType.Plain plain -> DuckDBLogicalType.of(columnType(plain));
            case DuckType.ListOf _, DuckType.Foreign _ -> throw unreturnable(type);
        };
    }

    private static DuckDBColumnType columnType(DuckType.Plain type) {
        return switch (type) {
            case BOOLEAN -> DuckDBColumnType.BOOLEAN;
            case SMALLINT -> DuckDBColumnType.SMALLINT;
            case INTEGER -> DuckDBColumnType.INTEGER;
            case BIGINT -> DuckDBColumnType.BIGINT;
            case UINTEGER -> DuckDBColumnType.UINTEGER;
            case FLOAT -> DuckDBColumnType.FLOAT;
            case DOUBLE -> DuckDBColumnType.DOUBLE;
            case VARCHAR -> DuckDBColumnType.VARCHAR;
            case DATE -> DuckDBColumnType.DATE;
            case TIMESTAMP -> DuckDBColumnType.TIMESTAMP;
            case TIMESTAMPTZ -> DuckDBColumnType.TIMESTAMP_WITH_TIME_ZONE;
            case JSON, BLOB, UUID, TIME, TIMETZ, INTERVAL -> throw unreturnable(type);
        };
    }

    private static IllegalStateException unreturnable(DuckType type) {
        return new IllegalStateException("Invalid type of a vector: " + type.sql() + " (must be one that a function may return)");
    }

    @Override
    public RowStream init(DuckDBTableFunctionInitInfo info) {
        info.setMaxThreads(1);
        return info.getBindData();
    }

    @Override
    public RowStream localInit(DuckDBTableFunctionInitInfo info) {
        return info.getBindData();
    }

    @Override
    public long apply(DuckDBTableFunctionCallInfo info, DuckDBDataChunkWriter chunk) {
        RowStream stream = info.getBindData();
        return stream.write(chunk);
    }
}
