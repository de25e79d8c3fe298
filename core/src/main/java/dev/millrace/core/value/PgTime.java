package dev.millrace.core.value;

/// Times and timestamps, as PostgreSQL counts them: microseconds of the day, or since 2000-01-01 (in UTC where there is a zone).
public final class PgTime {

    /// `-infinity` in a timestamp's binary form.
    public static final long MINUS_INFINITY = Long.MIN_VALUE;

    /// `infinity` in a timestamp's binary form.
    public static final long INFINITY = Long.MAX_VALUE;

    /// Microseconds from 1970-01-01 to 2000-01-01.
    public static final long EPOCH_MICROS = PgDate.EPOCH_DAYS * 86_400_000_000L;

    private static final long DAY_MICROS = 86_400_000_000L;

    private PgTime() {}

    /// Reads the text of a `timestamp`, or of a `timestamptz` whose zone is then taken into account.
    public static long parseTimestamp(byte[] bytes, int offset, int length) {
        if (bytes[offset] == 'i') {
            return INFINITY;
        }
        if (bytes[offset] == '-') {
            return MINUS_INFINITY;
        }
        TextScanner text = new TextScanner(bytes, offset, length);
        long days = text.date();
        text.expect(' ');
        long micros = days * DAY_MICROS + text.time();
        if (text.atEnd() || bytes[offset + length - 1] == 'C' && text.accept(' ')) {
            return micros;
        }
        return micros - text.zone() * 1_000_000L;
    }

    /// Reads the text of a `time` as microseconds of the day; 24:00:00 is allowed.
    public static long parseTime(byte[] bytes, int offset, int length) {
        return new TextScanner(bytes, offset, length).time();
    }

    /// The text of a `time` in binary form.
    public static String timeText(long micros) {
        StringBuilder out = new StringBuilder(15);
        appendTime(out, micros);
        return out.toString();
    }

    /// The text of a `timetz` in binary form.
    ///
    /// @param zone seconds west of UTC, as its binary form has them
    public static String timeWithZoneText(long micros, int zone) {
        StringBuilder out = new StringBuilder(21);
        appendTime(out, micros);
        appendZone(out, -zone);
        return out.toString();
    }

    /// The text of a `timestamp` in binary form, in the ISO style.
    public static String timestampText(long micros) {
        return text(micros, "");
    }

    /// The text of a `timestamptz` in binary form, in the ISO style, in UTC.
    public static String timestampWithZoneText(long micros) {
        return text(micros, "+00");
    }

    private static String text(long micros, String zone) {
        if (micros == INFINITY) {
            return "infinity";
        }
        if (micros == MINUS_INFINITY) {
            return "-infinity";
        }
        StringBuilder out = new StringBuilder(32);
        boolean bc = PgDate.append(out, Math.floorDiv(micros, DAY_MICROS));
        appendTime(out.append(' '), Math.floorMod(micros, DAY_MICROS));
        out.append(zone);
        return bc ? out.append(" BC").toString() : out.toString();
    }

    static void appendTime(StringBuilder out, long micros) {
        long seconds = micros / 1_000_000;
        PgDate.digits(out, seconds / 3600, 2);
        PgDate.digits(out.append(':'), seconds / 60 % 60, 2);
        PgDate.digits(out.append(':'), seconds % 60, 2);
        appendFraction(out, micros % 1_000_000);
    }

    static void appendFraction(StringBuilder out, long micros) {
        if (micros == 0) {
            return;
        }
        PgDate.digits(out.append('.'), micros, 6);
        int end = out.length();
        while (out.charAt(end - 1) == '0') {
            end--;
        }
        out.setLength(end);
    }

    private static void appendZone(StringBuilder out, int east) {
        int seconds = Math.abs(east);
        PgDate.digits(out.append(east < 0 ? '-' : '+'), seconds / 3600, 2);
        if (seconds % 3600 != 0) {
            PgDate.digits(out.append(':'), seconds / 60 % 60, 2);
        }
        if (seconds % 60 != 0) {
            PgDate.digits(out.append(':'), seconds % 60, 2);
        }
    }
}
