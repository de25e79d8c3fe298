package dev.millrace.core.value;

import dev.millrace.core.change.Tuple;

/// Network addresses, as `inet` and `cidr` have them in binary: family, netmask bits, whether it is a cidr, length, address.
final class PgInet {

    private static final int WORDS = 8;
    private static final int HEADER = 4;

    private PgInet() {}

    /// The text of the output function: without a netmask where an `inet` is a single host.
    static String text(byte[] bytes, int offset, int length) {
        int size = length < HEADER ? 0 : bytes[offset + 3];
        if (size != 4 && size != 16 || length != HEADER + size) {
            throw new MalformedValue("Invalid address: %d bytes (must be 8 or 20)".formatted(length));
        }
        int bits = bytes[offset + 1] & 0xFF;
        boolean isCidr = bytes[offset + 2] != 0;
        String address = size == 4 ? four(bytes, offset + 4) : six(bytes, offset + 4);
        return bits == 8 * size && !isCidr ? address : address + "/" + bits;
    }

    private static String four(byte[] bytes, int offset) {
        return "%d.%d.%d.%d"
                .formatted(bytes[offset] & 0xFF, bytes[offset + 1] & 0xFF, bytes[offset + 2] & 0xFF, bytes[offset + 3] & 0xFF);
    }

    private static String six(byte[] bytes, int offset) {
        int[] words = new int[WORDS];
        for (int i = 0; i < WORDS; i++) {
            words[i] = Tuple.int16(bytes, offset + 2 * i) & 0xFFFF;
        }
        int start = 0;
        int longest = 0;
        for (int i = 0; i < WORDS; i++) {
            int end = i;
            while (end < WORDS && words[end] == 0) {
                end++;
            }
            if (end - i > longest) {
                start = i;
                longest = end - i;
            }
            i = Math.max(i, end - 1);
        }
        return longest < 2 ? join(words, WORDS, WORDS, bytes, offset) : join(words, start, longest, bytes, offset);
    }

    /// The words with the longest run of zeros left out, and the last two in dots where the address holds one of four bytes.
    private static String join(int[] words, int start, int longest, byte[] bytes, int offset) {
        boolean hasFour = start == 0
                && (longest == 6 || longest == 7 && words[7] != 1 || longest == 5 && words[5] == 0xFFFF);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < WORDS; i++) {
            if (i >= start && i < start + longest) {
                if (i == start) {
                    out.append(':');
                }
                continue;
            }
            if (i > 0) {
                out.append(':');
            }
            if (i == 6 && hasFour) {
                return out.append(four(bytes, offset + 12)).toString();
            }
            out.append(Integer.toHexString(words[i]));
        }
        return start + longest == WORDS ? out.append(':').toString() : out.toString();
    }
}
