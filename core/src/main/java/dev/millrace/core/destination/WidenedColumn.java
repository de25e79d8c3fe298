package dev.millrace.core.destination;

import dev.millrace.core.shape.TableName;

/// A column that the destination turned into text, since it met values that the column could not hold exactly.
///
/// @param table the source's
/// @param column its name
/// @param values how many did not fit when it was turned; those that came later are not counted
public record WidenedColumn(TableName table, String column, long values) {}
