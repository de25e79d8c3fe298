package dev.millrace.server.destination;

import dev.millrace.server.connection.ConfigField.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A field of a destination's `config`, by the name that it has in the API, in settings files and in the form. The order is that of the form.
public enum DestinationField {
    PATH(DestinationKind.DUCKDB, Kind.TEXT, "DuckDB file", "In this server's folder for destinations."),
    HOST(DestinationKind.POSTGRES, Kind.TEXT, "Host", "Name or address of the server."),
    PORT(DestinationKind.POSTGRES, Kind.NUMBER, "Port", "5432 where it is left out."),
    DATABASE(DestinationKind.POSTGRES, Kind.TEXT, "Database", "It has to be there, in the encoding UTF8."),
    USER(DestinationKind.POSTGRES, Kind.TEXT, "User", "The role that writes; it needs CREATE on the database."),
    PASSWORD(DestinationKind.POSTGRES, Kind.SECRET, "Password", "Kept sealed, and never shown again."),
    SSLMODE(
            DestinationKind.POSTGRES,
            Kind.CHOICE,
            "TLS mode",
            "As in PostgreSQL's own clients; verify-ca where it is left out, but for this machine.",
            List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full")),
    WAREHOUSE(DestinationKind.ICEBERG, Kind.TEXT, "Warehouse", "A folder in this server's folder for destinations, or an address such as s3://bucket/path."),
    CATALOG(
            DestinationKind.ICEBERG,
            Kind.CHOICE,
            "Catalogue",
            "What knows the tables: a file in the warehouse's folder, a PostgreSQL database, a REST catalogue, or AWS Glue.",
            List.of("embedded", "jdbc", "rest", "glue")),
    CATALOG_URI(DestinationKind.ICEBERG, Kind.TEXT, "Catalogue address", "With jdbc: jdbc:postgresql://host/database; with rest: https://host/path."),
    PROPERTIES(
            DestinationKind.ICEBERG,
            Kind.SECRET,
            "Properties",
            "Of catalogue and storage in Iceberg's own words, name=value each, with blanks between. Kept sealed, and never shown again."),
    FORMAT_VERSION(DestinationKind.ICEBERG, Kind.CHOICE, "Format version", "2 is read by every engine; 3 tells deleted rows by vectors.", List.of("2", "3"));

    private final DestinationKind destination;
    private final Kind kind;
    private final String label;
    private final String description;
    private final List<String> choices;

    DestinationField(DestinationKind destination, Kind kind, String label, String description) {
        this(destination, kind, label, description, List.of());
    }

    DestinationField(DestinationKind destination, Kind kind, String label, String description, List<String> choices) {
        this.destination = destination;
        this.kind = kind;
        this.label = label;
        this.description = description;
        this.choices = choices;
    }

    /// Its name in the API: `path`.
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// What it holds.
    public Kind kind() {
        return kind;
    }

    /// What the form calls it.
    public String label() {
        return label;
    }

    /// What it means, in a sentence.
    public String description() {
        return description;
    }

    /// What it may be, of a choice.
    public List<String> choices() {
        return choices;
    }

    /// Those that a kind of destination has.
    public static List<DestinationField> of(DestinationKind destination) {
        return Arrays.stream(values()).filter(field -> field.destination == destination).toList();
    }

    /// One that a kind of destination has, by the API's name.
    public static Optional<DestinationField> find(DestinationKind destination, String key) {
        return of(destination).stream().filter(field -> field.key().equals(key)).findFirst();
    }
}
