package dev.millrace.source;

import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Catalog;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// The tables as the catalogue has them, read again only when its stamp has changed: where nothing changed in the tables either, reading the
/// whole catalogue would be most of what looking at them costs.
final class KnownTables {

    private final Supplier<String> stamp;
    private final Supplier<Catalog> catalog;
    private String known = "";
    private Map<TableName, Shape> shapes = Map.of();

    KnownTables(Supplier<String> stamp, Supplier<Catalog> catalog) {
        this.stamp = stamp;
        this.catalog = catalog;
    }

    /// The shapes of those that can be followed now.
    synchronized Map<TableName, Shape> shapes() {
        // Before the catalogue: what changes in between changes the next stamp.
        String now = stamp.get();
        if (!now.equals(known)) {
            shapes = catalog.get().followed().stream()
                    .map(Catalog.Followed::shape)
                    .collect(Collectors.toUnmodifiableMap(Shape::table, Function.identity()));
            known = now;
        }
        return shapes;
    }
}
