package dev.millrace.worker.settings;

/// One thing that is wrong with the settings, or (as a warning) better done otherwise.
///
/// @param where where a person finds it: `orders.yaml:12`, or the flag
/// @param line the line in the file, counted from 1; 0 for a flag or where something is missing
/// @param setting the setting's path, as far as it is known
/// @param message what is so, what may be, and what to do, in full sentences; never a secret
public record SettingProblem(String where, int line, String setting, String message) {

    @Override
    public String toString() {
        return where + ": " + message;
    }
}
