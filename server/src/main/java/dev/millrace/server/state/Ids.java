package dev.millrace.server.state;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Makes the ids of what is kept: two words that can be said, and of which no two are alike in practice (10^14 of them).
public final class Ids {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String CONSONANTS = "bdfgklmnprstvz";
    private static final String VOWELS = "aeiou";

    private Ids() {}

    /// Such as `tavolu_minereka`.
    public static String next() {
        return word(3) + "_" + word(4);
    }

    private static String word(int syllables) {
        return IntStream.range(0, syllables)
                .mapToObj(_ -> any(CONSONANTS) + any(VOWELS))
                .collect(Collectors.joining());
    }

    private static String any(String letters) {
        return String.valueOf(letters.charAt(RANDOM.nextInt(letters.length())));
    }

    /// An id that sorts by the moment at which it was made (UUID version 7, RFC 9562 section 5.7).
    public static String inOrder(long millis) {
        byte[] random = new byte[10];
        RANDOM.nextBytes(random);
        long high = millis << 16 | 0x7000L | (random[0] & 0x0FL) << 8 | random[1] & 0xFFL;
        long low = IntStream.range(2, 10).mapToObj(i -> random[i] & 0xFFL).reduce(0L, (sum, next) -> sum << 8 | next);
        return new UUID(high, low & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L).toString();
    }

    /// A secret of 192 bits, in letters, digits, `-` and `_`.
    public static String secret() {
        byte[] bytes = new byte[24];
        RANDOM.nextBytes(bytes);
        Function<byte[], String> text = java.util.Base64.getUrlEncoder().withoutPadding()::encodeToString;
        return text.apply(bytes);
    }
}
