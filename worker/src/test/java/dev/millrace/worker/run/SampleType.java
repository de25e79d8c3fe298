package dev.millrace.worker.run;

import java.util.List;

/// A type with values to try.
///
/// @param type as SQL
/// @param chance the SQL expression of a value by chance, in which `i` counts up
/// @param ends expressions of values at the ends of its range
record SampleType(String type, String chance, List<String> ends) {

    static SampleType of(String type, String chance, String... ends) {
        return new SampleType(type, chance, List.of(ends));
    }
}
