package dev.millrace.core.shape;

import java.util.Optional;

/// A type of one of PostgreSQL's own extensions whose binary form we know.
///
/// Such a type has another object id in every database, so it is known by its extension and its name.
public enum ExtensionType {
    /// Keys and values, both text.
    HSTORE("hstore", "hstore"),
    /// Text compared without case.
    CITEXT("citext", "citext"),
    /// A path of labels.
    LTREE("ltree", "ltree"),
    /// A pattern of paths.
    LQUERY("ltree", "lquery"),
    /// A full-text query over labels.
    LTXTQUERY("ltree", "ltxtquery"),
    /// A point or a box of any number of dimensions; it has a binary form from PostgreSQL 14 on.
    CUBE("cube", "cube");

    private final String name;

    ExtensionType(String extension, String type) {
        this.name = nameOf(extension, type);
    }

    /// The name that [SourceType#name] has for a type that belongs to an extension.
    public static String nameOf(String extension, String type) {
        return extension + "/" + type;
    }

    /// Which of them a type is; empty for any other, and where the installed version has no binary form.
    public static Optional<ExtensionType> of(SourceType.Scalar type) {
        if (!type.binary() || type.name().indexOf('/') < 0) {
            return Optional.empty();
        }
        for (ExtensionType known : values()) {
            if (known.name.equals(type.name())) {
                return Optional.of(known);
            }
        }
        return Optional.empty();
    }

    /// Whether a type is this one, whatever forms it has.
    public boolean is(SourceType type) {
        return type.underneath() instanceof SourceType.Scalar scalar && scalar.name().equals(name);
    }
}
