package dev.millrace.source.scan;

import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.postgres.sql.PrintedValue;
import dev.millrace.source.teleport.HashSums;
import java.util.stream.Collectors;

/// SQL over whole rows, by which the rows of a table without a key are compared.
final class RowSql {

    private RowSql() {}

    /// The 64-bit hash of a whole row, as PostgreSQL's expression.
    static String hash(Shape shape) {
        String text = shape.columns().stream()
                .map(Column::name)
                .map(TableName::quote)
                .map(PrintedValue::of)
                .map("coalesce(octet_length(%1$s) || ':' || %1$s, '-')"::formatted)
                .collect(Collectors.joining(" || "));
        return "hashtextextended((%s) COLLATE \"C\", 0)".formatted(text);
    }

    /// The statement that sums rows up.
    static String sums(Shape shape, String from) {
        return "SELECT %s FROM (SELECT %s AS h FROM %s) rows".formatted(HashSums.columns(), hash(shape), from);
    }
}
