package dev.millrace.core.shape;

import java.util.List;

/// The PostgreSQL type of a column, with everything that a decoder of its values must know.
///
/// A modifier is `atttypmod`: -1 where the type has none. Object ids of built-in types are PostgreSQL's own and never change
/// (`src/include/catalog/pg_type.dat`); see [Oid].
public sealed interface SourceType {

    /// The type's object id (`pg_type.oid`).
    int oid();

    /// The type's name: bare if it is in `pg_catalog`, `extension/type` if it belongs to an extension, else `schema.type`.
    String name();

    /// A type that stands by itself, built in or from an extension: `int4`, `numeric`, `hstore`.
    ///
    /// @param modifier for `money`, which has none, the number of decimals that `lc_monetary` gives it; for floating-point numbers and
    ///     what is made of them, [#ALL_DIGITS] or none
    /// @param binary whether the type has a binary output function (`typsend`)
    record Scalar(int oid, String name, int modifier, boolean binary) implements SourceType {

        /// The modifier of floating-point numbers that the source prints with all digits: PostgreSQL 11. Later versions print the fewest
        /// that tell them apart.
        public static final int ALL_DIGITS = 18;
    }

    /// A `CREATE TYPE ... AS ENUM`; its values travel as their labels.
    record Enumeration(int oid, String name) implements SourceType {}

    /// A `CREATE DOMAIN`; its values travel as those of the type beneath.
    record Domain(int oid, String name, SourceType base) implements SourceType {}

    /// An array of any number of dimensions.
    record ArrayOf(int oid, String name, SourceType element) implements SourceType {}

    /// A range type.
    record RangeOf(int oid, String name, SourceType element) implements SourceType {}

    /// A multirange type (PostgreSQL 14 and later).
    record MultirangeOf(int oid, String name, SourceType element) implements SourceType {}

    /// A row type.
    record Composite(int oid, String name, List<Column> fields) implements SourceType {

        /// Keeps its own copy of the list.
        public Composite {
            fields = List.copyOf(fields);
        }
    }

    /// What stands for a value of another type in a column that is copied hashed: the text of a hash. Values are turned into it where they
    /// are read, and are texts from there on.
    ///
    /// @param of the column's own type
    record Hashed(SourceType of) implements SourceType {

        @Override
        public int oid() {
            return Oid.TEXT;
        }

        @Override
        public String name() {
            return "text";
        }
    }

    /// This type without the domains around it.
    default SourceType underneath() {
        return switch (this) {
            case Domain domain -> domain.base().underneath();
            case Scalar _, Enumeration _, ArrayOf _, RangeOf _, MultirangeOf _, Composite _, Hashed _ -> this;
        };
    }
}
