package dev.millrace.testkit.contract;

/// Everything that the port [dev.millrace.core.destination.Destination] promises, sentence by sentence.
///
/// A destination's test implements this interface with storage of its own for each test.
public interface DestinationContract
        extends MemoryContract, CopyContract, MergeContract, KeylessContract, ShapeContract, HistoryContract, ModeContract, NamesContract {}
