package dev.millrace.core.naming;

/// The rules by which a destination's names are made from those of the source. Permanent once something is copied.
///
/// Each rule gives what it is given back if that came from the rule already.
public enum Naming {
    /// Names stay as they are at the source, letter for letter.
    SOURCE_NAMING,
    /// Names become lower-case ASCII in snake_case, by the reference product's rules: letters lose their accents and are written in Latin,
    /// whatever is no letter, digit or underscore becomes an underscore, camelCase is split, several underscores become one, a digit at the
    /// beginning gets an underscore before it, and underscores before the first letter of a table go.
    FIVETRAN_NAMING;

    /// The name of a schema, to stand behind a prefix and an underscore.
    public String schema(String source) {
        return switch (this) {
            case SOURCE_NAMING -> source;
            case FIVETRAN_NAMING -> SnakeCase.withoutUnderscore(SnakeCase.of(source));
        };
    }

    /// The name of a table.
    public String table(String source) {
        return switch (this) {
            case SOURCE_NAMING -> source;
            case FIVETRAN_NAMING -> SnakeCase.fromFirstLetter(SnakeCase.of(source));
        };
    }

    /// The name of a column.
    public String column(String source) {
        return switch (this) {
            case SOURCE_NAMING -> source;
            case FIVETRAN_NAMING -> SnakeCase.of(source);
        };
    }
}
