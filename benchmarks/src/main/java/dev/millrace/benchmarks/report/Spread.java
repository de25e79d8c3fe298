package dev.millrace.benchmarks.report;

import java.util.Arrays;
import java.util.Collection;
import java.util.function.ToDoubleFunction;

/// The middle and the ends of some numbers.
///
/// @param median the middle one, or the mean of the two in the middle
/// @param min the smallest
/// @param max the largest
public record Spread(double median, double min, double max) {

    /// That of `numbers`, of which there is at least one.
    public static Spread of(double... numbers) {
        if (numbers.length == 0) {
            throw new IllegalArgumentException("No numbers have no median");
        }
        double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    /// That of one number of each of `items`.
    public static <T> Spread of(Collection<T> items, ToDoubleFunction<T> number) {
        return of(items.stream().mapToDouble(number).toArray());
    }
}
