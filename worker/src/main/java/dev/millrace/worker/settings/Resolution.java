package dev.millrace.worker.settings;

import java.util.function.Consumer;

/// What becomes of a text that may hold `${env:NAME}` or `${file:PATH}`.
@FunctionalInterface
interface Resolution {

    /// Every text stands for itself.
    Resolution LITERAL = (text, _) -> text;

    /// The text that it stands for; what stands for nothing is told to `problems` and left out.
    String resolve(String text, Consumer<String> problems);
}
