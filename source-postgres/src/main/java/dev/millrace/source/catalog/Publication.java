package dev.millrace.source.catalog;

import java.util.ArrayList;
import java.util.List;

/// Which operations a publication publishes.
public record Publication(boolean inserts, boolean updates, boolean deletes, boolean truncates) {

    /// Leaves nothing out.
    static final Publication WHOLE = new Publication(true, true, true, true);

    /// Whether rows that exist can change in what is published.
    boolean changesRows() {
        return updates || deletes;
    }

    /// What a person should know of the operations that are left out.
    List<String> warnings() {
        List<String> missing = new ArrayList<>();
        if (!inserts) {
            missing.add("inserts");
        }
        if (!updates) {
            missing.add("updates");
        }
        if (!deletes) {
            missing.add("deletes");
        }
        if (!truncates) {
            missing.add("truncates");
        }
        return missing.isEmpty()
                ? List.of()
                : List.of("The publication leaves out " + String.join(", ", missing) + "; the copy will not have them.");
    }
}
