package dev.millrace.postgres.tls;

import java.nio.file.Path;

/// The certificates at which a chain may end, apart from approved ones.
public sealed interface Roots {

    /// Nobody said: the system's, where nothing is approved either.
    record Unsaid() implements Roots {}

    /// Those of the public authorities, as this JDK has them. They sign for anybody, so the name is verified wherever they are believed.
    record OfSystem() implements Roots {}

    /// Those in a file, in PEM.
    ///
    /// @param path absolute
    record InFile(Path path) implements Roots {}
}
