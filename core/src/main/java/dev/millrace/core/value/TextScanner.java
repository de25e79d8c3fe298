package dev.millrace.core.value;

import java.nio.charset.StandardCharsets;

/// Walks over the text of a date or time value, field by field. Belongs to one thread.
final class TextScanner {

    private final byte[] bytes;
    private final int offset;
    private final int end;
    private int at;

    TextScanner(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.offset = offset;
        this.at = offset;
        this.end = offset + length;
    }

    boolean atEnd() {
        return at >= end;
    }

    /// Whether the next character is `c`; if so it is passed.
    boolean accept(char c) {
        if (at < end && bytes[at] == c) {
            at++;
            return true;
        }
        return false;
    }

    void expect(char c) {
        if (!accept(c)) {
            throw invalid();
        }
    }

    long number() {
        int start = at;
        long value = 0;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            value = value * 10 + (bytes[at++] - '0');
        }
        if (at == start || at - start > 18) {
            throw invalid();
        }
        return value;
    }

    /// The digits behind a decimal point as millionths; 0 if there is no point.
    long micros() {
        if (!accept('.')) {
            return 0;
        }
        int start = at;
        long value = number();
        for (int digits = at - start; digits < 6; digits++) {
            value *= 10;
        }
        return value;
    }

    /// `YYYY-MM-DD` as days since 2000-01-01; looks at the end of the text for `BC`.
    long date() {
        long year = number();
        expect('-');
        int month = (int) number();
        expect('-');
        int day = (int) number();
        boolean bc = end - offset > 3 && bytes[end - 1] == 'C' && bytes[end - 2] == 'B';
        return PgDate.days(bc ? 1 - year : year, month, day);
    }

    /// `HH:MM[:SS[.ffffff]]` as microseconds.
    long time() {
        long value = number() * 3600;
        expect(':');
        value += number() * 60;
        if (accept(':')) {
            value += number();
        }
        return value * 1_000_000 + micros();
    }

    /// `+HH[:MM[:SS]]` as seconds east of UTC.
    int zone() {
        int sign = accept('-') ? -1 : 1;
        if (sign > 0) {
            expect('+');
        }
        long seconds = number() * 3600;
        if (accept(':')) {
            seconds += number() * 60;
        }
        if (accept(':')) {
            seconds += number();
        }
        return (int) (sign * seconds);
    }

    IllegalArgumentException invalid() {
        return new IllegalArgumentException("Invalid date or time: a text of %d characters in the form %s (must be in the ISO style)"
                .formatted(end - offset, form()));
    }

    /// The text with every digit made a 9 and every letter an x, so that no value shows in a message.
    private String form() {
        String text = new String(bytes, offset, Math.min(end - offset, 60), StandardCharsets.UTF_8);
        return text.replaceAll("[0-9]", "9").replaceAll("\\p{L}", "x");
    }
}
