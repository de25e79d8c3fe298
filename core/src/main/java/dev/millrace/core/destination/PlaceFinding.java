package dev.millrace.core.destination;

/// The answer to one question about a place for copies.
///
/// @param title what was asked
/// @param fit whether a run could go on as far as this is concerned
/// @param message what is so and, if it is not fit, what to do; as sentences
public record PlaceFinding(String title, boolean fit, String message) {}
