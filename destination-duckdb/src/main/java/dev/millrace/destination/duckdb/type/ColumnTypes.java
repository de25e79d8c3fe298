package dev.millrace.destination.duckdb.type;

import dev.millrace.core.shape.SourceType;

/// What the columns can hold of the store in which rows end up.
public interface ColumnTypes {

    /// Those of a DuckDB database.
    ColumnTypes OF_DUCKDB = new ColumnTypes() {
        @Override
        public DuckType of(SourceType type) {
            return DuckTypes.of(type);
        }

        @Override
        public boolean areFinite() {
            return false;
        }
    };

    /// The type of a new column.
    DuckType of(SourceType type);

    /// Whether dates, times and timestamps have neither infinities nor an hour 24.
    boolean areFinite();
}
