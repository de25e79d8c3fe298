package dev.millrace.worker.settings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a person has written, before it is known to be right: texts by setting, each with its place, and what is wrong so far.
///
/// Grows while a file or the command line is read; belongs to one thread.
final class GivenSettings {

    /// A value and where it stands.
    ///
    /// @param text as written
    /// @param place where it stands
    record Entry(String text, Place place) {}

    /// Where something stands.
    ///
    /// @param where for a person: `orders.yaml:12`, `--source`
    /// @param line in the file; 0 outside one
    record Place(String where, int line) {}

    private final Place nowhere;
    private final Path directory;
    private final Map<Setting, Entry> entries = new EnumMap<>(Setting.class);
    private final List<SettingProblem> problems = new ArrayList<>();
    private final List<SettingProblem> warnings = new ArrayList<>();
    private Map<String, TableSelection.SchemaChoice> schemas = Map.of();

    /// Nothing yet.
    ///
    /// @param origin what the problem of a missing setting names: the file, or `command line`
    /// @param directory what relative paths are relative to
    GivenSettings(String origin, Path directory) {
        this.nowhere = new Place(origin, 0);
        this.directory = directory;
    }

    void put(Setting setting, String text, Place place) {
        entries.put(setting, new Entry(text, place));
    }

    Optional<Entry> get(Setting setting) {
        return Optional.ofNullable(entries.get(setting));
    }

    Place nowhere() {
        return nowhere;
    }

    Path directory() {
        return directory;
    }

    void select(Map<String, TableSelection.SchemaChoice> chosen) {
        schemas = Map.copyOf(chosen);
    }

    Map<String, TableSelection.SchemaChoice> schemas() {
        return schemas;
    }

    /// Tells it once, however often the setting is asked for.
    void problem(Place place, String setting, String message) {
        SettingProblem problem = new SettingProblem(place.where(), place.line(), setting, message);
        if (!problems.contains(problem)) {
            problems.add(problem);
        }
    }

    void warn(Place place, String setting, String message) {
        warnings.add(new SettingProblem(place.where(), place.line(), setting, message));
    }

    /// The problems, those with a line first, in the order of the file.
    List<SettingProblem> problems() {
        Comparator<SettingProblem> byLine =
                Comparator.comparingInt(problem -> problem.line() == 0 ? Integer.MAX_VALUE : problem.line());
        return problems.stream().sorted(byLine).toList();
    }

    List<SettingProblem> warnings() {
        return List.copyOf(warnings);
    }
}
