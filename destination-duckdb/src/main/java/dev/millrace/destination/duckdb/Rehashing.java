package dev.millrace.destination.duckdb;

import dev.millrace.core.shape.Evolution;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.type.DuckType;
import java.util.Optional;
import java.util.Set;

/// Removes from a published table what a column held before it was hashed, or while it was, at the beginning of the copy in which that
/// is otherwise; inside the caller's transaction.
///
/// Nobody could tell from the rows which of their values are hashes; and what was in clear shall not stay, least of all in marked rows and
/// closed versions, which no copy replaces.
final class Rehashing {

    private final DuckSession session;
    private final Optional<Shape> before;
    private final Shape shape;

    /// Compares two copies of a table.
    ///
    /// @param before the shape of the earlier one, if it is known
    /// @param shape the shape of the one that begins
    Rehashing(DuckSession session, Optional<Shape> before, Shape shape) {
        this.session = session;
        this.before = before;
        this.shape = shape;
    }

    /// Removes what is of the other kind. Where rows are told apart by it, they go with it, since no row of the copy could be one of them.
    ///
    /// @return whether the table is still there
    boolean leaves(TargetTable published) {
        Set<String> names = Evolution.rehashed(before, shape);
        names.removeIf(name -> published.held(name).isEmpty());
        if (names.stream().anyMatch(name -> shape.isTold(name) || before.map(was -> was.isTold(name)).orElse(false))) {
            session.rows().erase(session, published);
            session.run("DROP TABLE " + published.sql());
            session.rows().dropped(session, published);
            return false;
        }
        if (!names.isEmpty()) {
            session.rows().erase(session, published);
        }
        for (String name : names) {
            DuckType type = shape.column(name).map(column -> session.rows().types().of(column.type())).orElse(DuckType.Plain.VARCHAR);
            published.held(name).ifPresent(here -> session.run("ALTER TABLE %s ALTER COLUMN %s TYPE %s USING CAST(NULL AS %3$s)"
                    .formatted(published.sql(), TableName.quote(here), type.sql())));
        }
        return true;
    }
}
