package dev.millrace.destination.iceberg;

import org.apache.iceberg.metrics.MetricsReport;
import org.apache.iceberg.metrics.MetricsReporter;

/// Keeps Iceberg's reports of every scan and commit out of the log.
public final class QuietMetrics implements MetricsReporter {

    /// Made by Iceberg, by name.
    public QuietMetrics() {}

    @Override
    public void report(MetricsReport report) {}
}
