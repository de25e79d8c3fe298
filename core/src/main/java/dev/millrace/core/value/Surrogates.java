package dev.millrace.core.value;

import java.nio.charset.StandardCharsets;

/// Escapes of half a surrogate pair in JSON, which PostgreSQL's `json` accepts, and others do not.
public final class Surrogates {

    private Surrogates() {}

    /// Whether a JSON text has such an escape.
    public static boolean hasLoneEscape(String json) {
        if (json.indexOf('\\') < 0) {
            return false;
        }
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return hasLoneEscape(bytes, 0, bytes.length);
    }

    /// Whether a JSON text in UTF-8 has such an escape.
    public static boolean hasLoneEscape(byte[] bytes, int offset, int length) {
        int end = offset + length;
        boolean afterHigh = false;
        for (int at = offset; at < end; at++) {
            if (bytes[at] != '\\') {
                if (afterHigh) {
                    return true;
                }
                continue;
            }
            int unit = at + 5 < end && bytes[at + 1] == 'u' ? hex(bytes, at + 2) : 0;
            boolean isLow = unit >= 0xDC00 && unit <= 0xDFFF;
            if (isLow != afterHigh) {
                return true;
            }
            afterHigh = unit >= 0xD800 && unit <= 0xDBFF;
            at += unit != 0 ? 5 : 1;
        }
        return afterHigh;
    }

    /// The number of four hexadecimal digits; 0 if they are none, which is for DuckDB to refuse.
    private static int hex(byte[] bytes, int offset) {
        int number = 0;
        for (int i = offset; i < offset + 4; i++) {
            int digit = Character.digit(bytes[i], 16);
            if (digit < 0) {
                return 0;
            }
            number = number << 4 | digit;
        }
        return number;
    }
}
