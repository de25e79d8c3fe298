package dev.millrace.benchmarks.contender;

/// One who reads a source in competition with others.
///
/// Each call is made in a JVM of its own that does nothing else.
public interface Contender {

    /// What it is called on the command line and in JSON: lower-case words with hyphens.
    String name();

    /// What it does, for the report's table.
    String title();

    /// Does what must be done before the changes that it is to read are made, with the assignment's slot already there. Not measured.
    ///
    /// By default does nothing.
    default void prepare(Assignment assignment) throws Exception {
        // Most need nothing.
    }

    /// Reads what it is told to.
    ///
    /// The watch runs already; it is to be stopped at the moment when the last row has been dealt with, before anything is tidied up.
    ///
    /// @throws Exception if anything went wrong; the measurement then does not count
    void run(Assignment assignment, Stopwatch watch) throws Exception;
}
