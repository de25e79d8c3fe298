package dev.millrace.worker.settings;

/// What becomes of schemas, tables and columns that come to the source after the first run.
public enum SchemaChangeHandling {
    /// All of them are copied.
    ALLOW_ALL,
    /// New columns of tables that are copied are copied too; new tables and schemas are not.
    ALLOW_COLUMNS,
    /// None of them is copied.
    BLOCK_ALL
}
