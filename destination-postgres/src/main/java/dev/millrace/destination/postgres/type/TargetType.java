package dev.millrace.destination.postgres.type;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The type of a column at the destination, as `format_type` prints it there: `numeric(10,2)`, `character varying(20)[]`, `public.hstore`.
///
/// @param sql the text, which is also how the type is written in a statement
public record TargetType(String sql) {

    /// What holds every value, as PostgreSQL prints it.
    public static final TargetType TEXT = new TargetType("text");

    /// Numbers of any size and scale.
    public static final TargetType NUMERIC = new TargetType("numeric");

    private static final Pattern MODIFIER = Pattern.compile("\\((\\d+)(?:,(-?\\d+))?\\)");
    private static final String ARRAY = "[]";

    /// Whether it is an array.
    public boolean isArray() {
        return sql.endsWith(ARRAY);
    }

    /// The type of an array's elements.
    public TargetType element() {
        return new TargetType(sql.substring(0, sql.length() - ARRAY.length()));
    }

    /// The type of arrays of it.
    public TargetType array() {
        return new TargetType(sql + ARRAY);
    }

    /// The type without its modifier: `numeric`, `timestamp without time zone`.
    public String base() {
        return MODIFIER.matcher(sql).replaceFirst("");
    }

    /// The first number of the modifier: a length or a precision.
    public Optional<Integer> length() {
        return number(1);
    }

    /// The second number of the modifier: a scale.
    public Optional<Integer> scale() {
        return number(2);
    }

    private Optional<Integer> number(int group) {
        Matcher modifier = MODIFIER.matcher(sql);
        return modifier.find() ? Optional.ofNullable(modifier.group(group)).map(Integer::valueOf) : Optional.empty();
    }
}
