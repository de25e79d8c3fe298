package dev.millrace.core.run;

import dev.millrace.core.destination.Destination;
import dev.millrace.core.feed.ChangeFeed;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Source;
import java.util.function.Consumer;

/// What work on the owner thread between two batches may use. Good during that work only.
///
/// @param destination rests: no batch is being written (ranges may be loading)
/// @param source the run's source
/// @param feed the run's feed, for fences
/// @param resync begins the copy of a followed table anew
public record BetweenBatches(Destination destination, Source source, ChangeFeed feed, Consumer<TableName> resync) {}
