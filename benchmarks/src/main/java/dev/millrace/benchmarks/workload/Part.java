package dev.millrace.benchmarks.workload;

/// One of the two things that are measured.
public enum Part {

    /// The first copy of a large table, [Lineitem].
    COPY("Initial copy", "rows"),

    /// Catching up with changes that wait in the log, made to [Orders].
    LOG("Log catch-up", "changes");

    private final String title;
    private final String unit;

    Part(String title, String unit) {
        this.title = title;
        this.unit = unit;
    }

    /// The name for a heading.
    public String title() {
        return title;
    }

    /// What is counted, in the plural.
    public String unit() {
        return unit;
    }
}
