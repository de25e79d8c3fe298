package dev.millrace.source.check;

import dev.millrace.core.shape.TableName;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/// Amounts and lists, as findings say them.
final class CheckText {

    private static final int NAMED_MAX = 20;

    private CheckText() {}

    /// `640 MB`.
    static String bytes(long bytes) {
        String[] units = {"bytes", "kB", "MB", "GB", "TB"};
        double amount = bytes;
        int unit = 0;
        while (amount >= 1024 && unit < units.length - 1) {
            amount /= 1024;
            unit++;
        }
        return unit == 0 || amount >= 100 ? "%.0f %s".formatted(amount, units[unit]) : String.format(Locale.ROOT, "%.1f %s", amount, units[unit]);
    }

    /// In the largest unit that leaves a whole number, as `postgresql.conf` writes it: `90s`, `15min`.
    static String duration(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds == 0 || seconds % 60 != 0) {
            return seconds + "s";
        }
        long minutes = seconds / 60;
        return minutes % 60 != 0 ? minutes + "min" : minutes % 1440 != 0 ? minutes / 60 + "h" : minutes / 1440 + "d";
    }

    /// How long something has lasted, roughly.
    static String age(Duration age) {
        if (age.toDays() > 1) {
            return age.toDays() + " days";
        }
        if (age.toHours() > 1) {
            return age.toHours() + " hours";
        }
        return age.toMinutes() > 1 ? age.toMinutes() + " minutes" : age.toSeconds() + " seconds";
    }

    /// A name as it may stand in a comment of a remedy: on one line, so that nothing of it is a statement.
    static String inComment(String name) {
        return name.replaceAll("\\R|\\p{Cntrl}", " ");
    }

    /// Names in a sentence; of very many, the first.
    static String names(Collection<?> names) {
        String first = names.stream().limit(NAMED_MAX).map(String::valueOf).collect(Collectors.joining(", "));
        return names.size() > NAMED_MAX ? "%s and %d more".formatted(first, names.size() - NAMED_MAX) : first;
    }

    /// Tables in a statement; all of them.
    static String quoted(Collection<TableName> tables) {
        return tables.stream().map(TableName::quoted).collect(Collectors.joining(", "));
    }
}
