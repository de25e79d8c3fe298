package dev.millrace.core.destination;

import dev.millrace.core.position.Position;

/// A destination's word that everything up to a position is durable.
///
/// @param through the position that it covers
public record Receipt(Position through) {}
