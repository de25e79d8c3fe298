package dev.millrace.source.prepare;

import java.util.List;

/// What is to be done at a source, in order. Empty if nothing is.
///
/// @param steps what is done
/// @param notes what a person should know besides, as sentences
public record Preparation(List<Step> steps, List<String> notes) {

    /// Keeps its own copies of the lists.
    public Preparation {
        steps = List.copyOf(steps);
        notes = List.copyOf(notes);
    }

    /// Acts that belong together.
    ///
    /// @param title what they do
    /// @param acts in order; at least one
    public record Step(String title, List<Act> acts) {

        /// Keeps its own copy of the list.
        public Step {
            acts = List.copyOf(acts);
        }
    }

    /// Whether anything is left that [AdminSession] would do.
    public boolean isDone() {
        return steps.stream().flatMap(step -> step.acts().stream()).allMatch(act -> act instanceof Act.ByHand);
    }
}
