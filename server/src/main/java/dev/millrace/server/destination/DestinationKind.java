package dev.millrace.server.destination;

import dev.millrace.server.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What copies can be kept in, each with the names that the API has for it.
public enum DestinationKind {
    DUCKDB("DuckDB", List.of("duckdb")),
    POSTGRES("PostgreSQL", List.of("postgres", "postgres_warehouse", "aurora_postgres_warehouse", "postgres_rds_warehouse")),
    ICEBERG("Apache Iceberg", List.of("iceberg"));

    private final String label;
    private final List<String> services;

    DestinationKind(String label, List<String> services) {
        this.label = label;
        this.services = services;
    }

    /// What people call it.
    public String label() {
        return label;
    }

    /// Its name in settings files: `duckdb`.
    public String setting() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// By one of its names in the API.
    ///
    /// @throws Refusal if there is none of the name
    public static DestinationKind of(String service) {
        return Arrays.stream(values())
                .filter(kind -> kind.services.contains(service))
                .findFirst()
                .orElseThrow(() -> Refusal.invalid("`service` is '%s'; it must be one of %s."
                        .formatted(service, Arrays.stream(values()).flatMap(kind -> kind.services.stream()).collect(Collectors.joining(", ")))));
    }
}
