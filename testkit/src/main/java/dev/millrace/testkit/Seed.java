package dev.millrace.testkit;

import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;

/// The number from which a test's chances grow; the same number, the same test.
///
/// It is printed when it is drawn, so that a failure can be repeated with `-Dmillrace.test.seed=NUMBER`.
///
/// @param number any number
public record Seed(long number) {

    private static final String PROPERTY = "millrace.test.seed";

    /// The seed of the system property `millrace.test.seed`, or a new one by chance.
    ///
    /// @param purpose what it is for, printed beside it
    public static Seed forTest(String purpose) {
        Long given = Long.getLong(PROPERTY);
        Seed seed = new Seed(given != null ? given : ThreadLocalRandom.current().nextLong());
        System.out.printf("%s: -D%s=%d%n", purpose, PROPERTY, seed.number);
        return seed;
    }

    /// A new generator at the beginning of this seed's sequence; not for several threads at once.
    public Random random() {
        return new Random(number);
    }
}
