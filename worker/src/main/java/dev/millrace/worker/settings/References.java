package dev.millrace.worker.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Puts values in the place of `${env:NAME}` and `${file:PATH}`.
///
/// @param environment the variables
/// @param directory what relative paths are relative to
record References(Environment environment, Path directory) implements Resolution {

    private static final Pattern FORM = Pattern.compile("\\$\\{([a-zA-Z_]+):([^}]*)}");
    private static final int LONGEST_FILE = 64 << 10;

    /// Whether the text has any.
    static boolean isIn(String text) {
        return FORM.matcher(text).find();
    }

    @Override
    public String resolve(String text, Consumer<String> problems) {
        return FORM.matcher(text).replaceAll(match -> Matcher.quoteReplacement(value(match.group(1), match.group(2), problems)));
    }

    private String value(String kind, String name, Consumer<String> problems) {
        return switch (kind) {
            case "env" -> environment.get(name).orElseGet(() -> {
                problems.accept("Environment variable `" + name + "` is not set. Set it, or write the value another way.");
                return "";
            });
            case "file" -> contents(directory.resolve(name), problems);
            default -> {
                problems.accept("Unknown reference `${" + kind + ":...}`. There are `${env:NAME}` and `${file:PATH}`.");
                yield "";
            }
        };
    }

    private static String contents(Path file, Consumer<String> problems) {
        try {
            if (Files.size(file) > LONGEST_FILE) {
                problems.accept("File " + file + " is longer than 64 kB, so it is not taken for a value.");
                return "";
            }
            return Files.readString(file).replaceFirst("\\R+$", "");
        } catch (IOException _) {
            problems.accept("File " + file + " cannot be read. Make it, or correct the path (it is relative to the settings file).");
            return "";
        }
    }
}
