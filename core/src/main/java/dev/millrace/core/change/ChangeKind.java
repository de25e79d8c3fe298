package dev.millrace.core.change;

/// What happened to a row or to a whole table.
public enum ChangeKind {
    INSERT,
    UPDATE,
    DELETE,
    TRUNCATE
}
