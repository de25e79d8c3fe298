package dev.millrace.core.shape;

/// A column of a table, or a field of a composite type.
///
/// @param name exactly as the catalogue holds it
/// @param type its PostgreSQL type
public record Column(String name, SourceType type) {}
