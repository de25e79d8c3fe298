package dev.millrace.destination.duckdb.vector;

/// Puts the next rows of a source into a block.
public interface RowFiller {

    /// Makes the block that it fills best.
    default RowBlock block(int columns) {
        return RowBlock.ofFields(columns);
    }

    /// Fills the block from its first row on.
    ///
    /// @return how many rows there are now; 0 behind the last
    int fill(RowBlock block);
}
