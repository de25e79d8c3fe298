package dev.millrace.core.check;

/// How a setup test ended, from best to worst.
public enum Outcome {
    /// All is well.
    PASSED,
    /// It was not asked, since it does not apply or since what it builds on failed; the finding says which.
    SKIPPED,
    /// Runs are possible; something is worth a look.
    WARNING,
    /// Runs would fail, or lose something.
    FAILED
}
