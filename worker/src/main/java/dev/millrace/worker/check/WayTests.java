package dev.millrace.worker.check;

import dev.millrace.core.check.Finding;
import java.util.function.Consumer;

/// The setup tests of the way to a database: tunnel, host and certificate, as far as there are any.
@FunctionalInterface
public interface WayTests {

    /// Asks them in the order of [dev.millrace.core.check.SetupTest], on the caller's thread.
    ///
    /// @param findings is told each finding as it is had
    /// @return whether the database can be dialled; if not, it is not tried
    boolean ask(Consumer<Finding> findings);

    /// Nothing lies on the way that could be asked.
    static WayTests none() {
        return _ -> true;
    }
}
