package dev.millrace.destination.iceberg;

import dev.millrace.core.destination.CopyReader;
import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.RowSink;
import dev.millrace.core.destination.StopSignal;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.destination.WidenedColumn;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A copy in a lake, opened for reading; DuckDB reads the files.
public final class LakeReader implements CopyReader {

    private final LakeView view;
    private final Runnable closing;

    LakeReader(LakeView view, Runnable closing) {
        this.view = view;
        this.closing = closing;
    }

    /// Opens a copy; empty if nothing was ever copied there.
    ///
    /// @param schemaPrefix names the connection in the lake's memory
    static Optional<CopyReader> open(IcebergSettings settings, String schemaPrefix) {
        Lake lake = Lake.open(settings);
        LakeFiles storage = null;
        try {
            Optional<LakeMemory> found = LakeMemory.find(lake, schemaPrefix, settings);
            if (found.isEmpty()) {
                lake.close();
                return Optional.empty();
            }
            LakeMemory memory = found.get();
            LakeFiles files = memory.storage();
            storage = files;
            LakeView view = LakeView.open(lake, files, memory, schemaPrefix, settings.engine());
            return Optional.of(new LakeReader(view, () -> {
                files.close();
                lake.close();
            }));
        } catch (RuntimeException e) {
            if (storage != null) {
                storage.close();
            }
            lake.close();
            throw IcebergFaults.of(e, settings.warehouse());
        }
    }

    @Override
    public Memory recall() {
        return view.reader().recall();
    }

    @Override
    public List<WidenedColumn> widened() {
        return view.reader().widened();
    }

    @Override
    public OptionalLong liveRows(TableMemory table, Duration patience) {
        view.show(table.names().table());
        return view.reader().liveRows(table, patience);
    }

    @Override
    public void query(String sql, RowSink rows, StopSignal stop) {
        view.showAll();
        view.reader().query(sql, rows, stop);
    }

    /// The JDBC connection, with every published table, for statements that read; closed with this reader.
    public Connection connection() {
        view.showAll();
        return view.reader().connection();
    }

    @Override
    public void close() {
        try {
            view.close();
        } finally {
            closing.run();
        }
    }
}
