package dev.millrace.destination.postgres;

import dev.millrace.core.shape.Evolution;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.postgres.type.TargetType;
import dev.millrace.destination.postgres.type.TargetTypes;
import java.util.Optional;
import java.util.Set;

/// Removes from a published table what a column held before it was hashed, or while it was, at the beginning of the copy in which that
/// is otherwise; inside the caller's transaction.
///
/// Nobody could tell from the rows which of their values are hashes; and what was in clear shall not stay, least of all in marked rows and
/// closed versions, which no copy replaces. Giving the column its type anew writes the table anew, so it is in no dead row either.
final class Rehashing {

    private final TargetSession session;
    private final TargetTypes types;
    private final Optional<Shape> before;
    private final Shape shape;

    /// Compares two copies of a table.
    ///
    /// @param before the shape of the earlier one, if it is known
    /// @param shape the shape of the one that begins
    Rehashing(TargetSession session, TargetTypes types, Optional<Shape> before, Shape shape) {
        this.session = session;
        this.types = types;
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
            session.run("DROP TABLE " + published.sql());
            return false;
        }
        for (String name : names) {
            TargetType type = shape.column(name).map(column -> types.of(column.type(), false)).orElse(TargetType.TEXT);
            published.held(name).ifPresent(here -> session.run("ALTER TABLE " + published.sql() + " ALTER COLUMN " + TableName.quote(here) + " TYPE "
                    + type.sql() + " USING CAST(NULL AS " + type.sql() + ")"));
        }
        return true;
    }
}
