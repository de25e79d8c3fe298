package dev.millrace.worker.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// Finds the name that was probably meant.
final class Nearest {

    private Nearest() {}

    /// The known name that is nearest to the one written, if it is near enough: a third of its letters wrong at most.
    static Optional<String> to(String written, Collection<String> known) {
        String asked = plain(written);
        return known.stream()
                .min(Comparator.comparingInt(name -> distance(asked, plain(name))))
                .filter(name -> distance(asked, plain(name)) <= Math.max(1, name.length() / 3));
    }

    /// The sentence that a message ends with: empty, or beginning with a space.
    static String hint(String written, Collection<String> known) {
        return to(written, known).map(name -> " Did you mean `" + name + "`?").orElse("");
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace('-', '_');
    }

    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
