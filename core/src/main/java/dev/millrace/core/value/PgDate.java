package dev.millrace.core.value;

/// Days and the proleptic Gregorian calendar, as PostgreSQL counts them: days since 2000-01-01, years BC as in `0044-03-15 BC`.
public final class PgDate {

    /// `-infinity` in a date's binary form.
    public static final int MINUS_INFINITY = Integer.MIN_VALUE;

    /// `infinity` in a date's binary form.
    public static final int INFINITY = Integer.MAX_VALUE;

    /// Days from 1970-01-01 to 2000-01-01.
    public static final int EPOCH_DAYS = 10_957;

    private PgDate() {}

    /// The days of a date of the calendar; years before 1 count 0 (1 BC), -1 (2 BC) and so on.
    public static long days(long year, int month, int day) {
        return epochDay(year, month, day) - EPOCH_DAYS;
    }

    private static long epochDay(long year, int month, int day) {
        long y = month <= 2 ? year - 1 : year;
        long era = Math.floorDiv(y, 400);
        long yearOfEra = y - era * 400;
        long dayOfYear = (153L * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
        long dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return era * 146_097 + dayOfEra - 719_468;
    }

    /// Reads a date's text, `infinity` and `BC` included.
    public static int parse(byte[] bytes, int offset, int length) {
        if (bytes[offset] == 'i') {
            return INFINITY;
        }
        if (bytes[offset] == '-') {
            return MINUS_INFINITY;
        }
        TextScanner text = new TextScanner(bytes, offset, length);
        return Math.toIntExact(text.date());
    }

    /// The text of a date in binary form, in the ISO style.
    public static String text(int days) {
        if (days == INFINITY) {
            return "infinity";
        }
        if (days == MINUS_INFINITY) {
            return "-infinity";
        }
        StringBuilder out = new StringBuilder(10);
        boolean bc = append(out, days);
        return bc ? out.append(" BC").toString() : out.toString();
    }

    /// Appends `YYYY-MM-DD`; returns whether the year is BC, which PostgreSQL says behind everything else.
    static boolean append(StringBuilder out, long days) {
        long z = days + EPOCH_DAYS + 719_468;
        long era = Math.floorDiv(z, 146_097);
        long dayOfEra = z - era * 146_097;
        long yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        long shifted = (5 * dayOfYear + 2) / 153;
        int day = (int) (dayOfYear - (153 * shifted + 2) / 5 + 1);
        int month = (int) (shifted < 10 ? shifted + 3 : shifted - 9);
        long year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
        boolean bc = year <= 0;
        digits(out, bc ? 1 - year : year, 4);
        digits(out.append('-'), month, 2);
        digits(out.append('-'), day, 2);
        return bc;
    }

    static void digits(StringBuilder out, long value, int width) {
        String plain = Long.toString(value);
        for (int i = plain.length(); i < width; i++) {
            out.append('0');
        }
        out.append(plain);
    }
}
