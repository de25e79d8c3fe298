package dev.millrace.worker.settings;

import java.util.List;

/// What came of reading settings.
public sealed interface SettingsReading {

    /// They are complete and consistent.
    ///
    /// @param settings what they say
    /// @param warnings what a person should know
    record Understood(ConnectionSettings settings, List<SettingProblem> warnings) implements SettingsReading {

        /// Keeps its own copy of the list.
        public Understood {
            warnings = List.copyOf(warnings);
        }
    }

    /// They cannot be used.
    ///
    /// @param problems all of them, in the order of the file; at least one
    record Refused(List<SettingProblem> problems) implements SettingsReading {

        /// Keeps its own copy of the list.
        public Refused {
            problems = List.copyOf(problems);
            if (problems.isEmpty()) {
                throw new IllegalArgumentException("Invalid refusal: no problem (must be at least one)");
            }
        }
    }
}
