package dev.millrace.worker.progress;

import java.time.Duration;
import java.util.Locale;

/// Numbers as a person reads them: `1,234,567`, `12.3 MB`, `4.1 s`, `2 min 10 s`.
public final class Amounts {

    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB"};

    private Amounts() {}

    /// A whole number with thousands apart.
    public static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /// A number of bytes in the unit that leaves one to four digits; units are powers of 1024.
    public static String bytes(long bytes) {
        double amount = Math.max(0, bytes);
        int unit = 0;
        while (amount >= 1_000 && unit < UNITS.length - 1) {
            amount /= 1_024;
            unit++;
        }
        return unit == 0 || amount >= 100
                ? String.format(Locale.ROOT, "%.0f %s", amount, UNITS[unit])
                : String.format(Locale.ROOT, "%.1f %s", amount, UNITS[unit]);
    }

    /// A duration in its two largest units.
    public static String duration(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 60) {
            return duration.toMillis() < 10_000
                    ? String.format(Locale.ROOT, "%.1f s", Math.max(0, duration.toMillis()) / 1_000.0)
                    : seconds + " s";
        }
        if (seconds < 3_600) {
            return "%d min %02d s".formatted(seconds / 60, seconds % 60);
        }
        return "%d h %02d min".formatted(seconds / 3_600, seconds / 60 % 60);
    }
}
