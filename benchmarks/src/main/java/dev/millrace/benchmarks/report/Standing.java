package dev.millrace.benchmarks.report;

import java.util.List;
import java.util.function.ToDoubleFunction;

/// How one contender stands over all rounds, alone and beside the reference.
///
/// A ratio is taken within a round, from seconds a row, and only then is the median of the rounds taken: what else the machine was doing
/// in that round weighs on both sides of it.
///
/// @param contender its name
/// @param title what it does
/// @param rows how many rows or changes it dealt with in a round
/// @param wallSeconds see [Measure]
/// @param rowsPerSecond see [Measure]
/// @param cpuSeconds see [Measure]
/// @param rowsPerCpuSecond see [Measure]
/// @param serverCpuSeconds see [Measure]
/// @param residentMiB see [Measure]
/// @param heapMiB see [Measure]
/// @param wallRatio its seconds a row, divided by the reference's
/// @param cpuRatio its CPU seconds a row, divided by the reference's
/// @param serverCpuRatio the server's CPU seconds a row for it, divided by those for the reference; NaN where the system does not tell
public record Standing(String contender, String title, long rows, Spread wallSeconds, Spread rowsPerSecond, Spread cpuSeconds,
        Spread rowsPerCpuSecond, Spread serverCpuSeconds, Spread residentMiB, Spread heapMiB, Spread wallRatio, Spread cpuRatio,
        Spread serverCpuRatio) {

    /// The standing of those measures' contender.
    ///
    /// @param own its measures, one a round
    /// @param reference the reference's measures, of the same rounds in the same order
    public static Standing of(String title, List<Measure> own, List<Measure> reference) {
        Measure first = own.getFirst();
        return new Standing(first.contender(), title, first.rows(),
                Spread.of(own, Measure::wallSeconds), Spread.of(own, Measure::rowsPerSecond),
                Spread.of(own, Measure::cpuSeconds), Spread.of(own, Measure::rowsPerCpuSecond),
                Spread.of(own, Measure::serverCpuSeconds), Spread.of(own, Measure::residentMiB), Spread.of(own, Measure::heapMiB),
                ratio(own, reference, Measure::wallSeconds), ratio(own, reference, Measure::cpuSeconds),
                ratio(own, reference, Measure::serverCpuSeconds));
    }

    private static Spread ratio(List<Measure> own, List<Measure> reference, ToDoubleFunction<Measure> seconds) {
        double[] ratios = new double[own.size()];
        for (int i = 0; i < ratios.length; i++) {
            if (own.get(i).round() != reference.get(i).round()) {
                throw new IllegalArgumentException("Measures of different rounds do not make a ratio");
            }
            ratios[i] = aRow(own.get(i), seconds) / aRow(reference.get(i), seconds);
        }
        return Spread.of(ratios);
    }

    private static double aRow(Measure measure, ToDoubleFunction<Measure> seconds) {
        return seconds.applyAsDouble(measure) / measure.rows();
    }
}
