package dev.millrace.core.fault;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// Finds the name that was probably meant.
public final class Nearest {

    private Nearest() {}

    /// The known name that is nearest to the one written, if it is near enough: a third of its letters wrong at most.
    public static Optional<String> to(String written, Collection<String> known) {
        String asked = plain(written);
        return known.stream()
                .min(Comparator.comparingInt(name -> distance(asked, plain(name))))
                .filter(name -> distance(asked, plain(name)) <= Math.max(1, name.length() / 3));
    }

    /// The sentence that a message ends with: empty, or beginning with a space.
    public static String hint(String written, Collection<String> known) {
        return to(written, known).map(name -> " Did you mean `" + name + "`?").orElse("");
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace('-', '_');
    }

    private static int distance(String one, String other) {
        int[][] distances = new int[one.length() + 1][other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                distances[i][j] = i == 0 || j == 0 ? i + j : step(one, other, i, j, distances);
            }
        }
        return distances[one.length()][other.length()];
    }

    /// One letter replaced, added, left out, or exchanged with its neighbour.
    private static int step(String one, String other, int i, int j, int[][] distances) {
        boolean same = one.charAt(i - 1) == other.charAt(j - 1);
        int nearest = Math.min(distances[i - 1][j - 1] + (same ? 0 : 1), Math.min(distances[i - 1][j], distances[i][j - 1]) + 1);
        boolean exchanged = i > 1 && j > 1 && one.charAt(i - 1) == other.charAt(j - 2) && one.charAt(i - 2) == other.charAt(j - 1);
        return exchanged ? Math.min(nearest, distances[i - 2][j - 2] + 1) : nearest;
    }
}
