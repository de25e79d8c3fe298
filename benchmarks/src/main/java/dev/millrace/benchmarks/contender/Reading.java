package dev.millrace.benchmarks.contender;

/// What one contender's JVM tells of its work.
///
/// @param rows how many rows or changes it has dealt with
/// @param wallSeconds how long that took, start of the JVM excluded
/// @param cpuSeconds CPU time of all threads of the process in that time, compilation and garbage collection included
/// @param residentMiB the most memory that the process has had in RAM
/// @param heapMiB the most Java heap that was in use, garbage included
public record Reading(long rows, double wallSeconds, double cpuSeconds, double residentMiB, double heapMiB) {}
