package dev.millrace.core.verify;

import dev.millrace.core.naming.TargetNames;
import dev.millrace.core.shape.Shape;

/// The copy's side of a comparison, which knows how it stores each column.
public interface CopySide extends Side {

    /// What a table is compared by: every column of the shape.
    ///
    /// @param names what they are called here
    /// @throws dev.millrace.core.fault.Fault if the copy's table lacks one
    Subject subject(Shape shape, TargetNames names);
}
