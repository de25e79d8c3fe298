package dev.millrace.benchmarks.report;

import dev.millrace.benchmarks.workload.Part;
import java.util.List;
import java.util.Map;

/// Everything that one call of the benchmarks has found out.
///
/// @param circumstances machine, versions and options, by name
/// @param standings the contenders of each part, the reference first
/// @param measures all single measures, in the order in which they were taken
public record Findings(Map<String, String> circumstances, Map<Part, List<Standing>> standings, List<Measure> measures) {}
