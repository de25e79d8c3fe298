package dev.millrace.worker.check;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.source.check.SourceChecks;
import java.util.function.Consumer;

/// Every setup test of one connection, in order. All are asked, whatever one of them says, but for those that build on what failed.
///
/// @param way asks what lies between here and the database
/// @param database asks the database
public record SetupTests(WayTests way, SourceChecks database) {

    /// Asks them all; nothing is changed anywhere.
    ///
    /// @param findings is told each finding as it is had, on the caller's thread
    /// @return the worst; what was not asked counts for nothing
    public Outcome ask(Consumer<Finding> findings) {
        Worst worst = new Worst(findings);
        if (way.ask(worst)) {
            database.ask(worst);
        } else {
            database.skip("The database cannot be reached; see above.", worst);
        }
        return worst.outcome;
    }

    /// Remembers the worst outcome that passes by.
    private static final class Worst implements Consumer<Finding> {

        private final Consumer<Finding> next;
        private Outcome outcome = Outcome.PASSED;

        Worst(Consumer<Finding> next) {
            this.next = next;
        }

        @Override
        public void accept(Finding finding) {
            boolean isWorse = finding.outcome() != Outcome.SKIPPED && finding.outcome().compareTo(outcome) > 0;
            outcome = isWorse ? finding.outcome() : outcome;
            next.accept(finding);
        }
    }
}
