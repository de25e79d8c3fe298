package dev.millrace.core.run;

/// The run was told to stop in the middle of a range; fails the range's load, and is told to nobody.
final class CopyStopped extends RuntimeException {

    CopyStopped() {
        super("The run was told to stop.", null, false, false);
    }
}
