package dev.millrace.core.merge;

import dev.millrace.core.shape.Shape;

/// A table that has every column of a shape, wide enough.
///
/// @param target the destination's
/// @param shape the latest that it was made fit for
public record FittedTable<T>(T target, Shape shape) {}
