package dev.millrace.core.destination;

import dev.millrace.core.shape.TableName;
import dev.millrace.core.verify.CopySide;

/// A destination whose copy can be looked at while a run writes it.
public interface ReadableDestination extends Destination {

    /// Holds the copy at what is committed now, for a comparison; to be closed by the caller, before the destination is. Any thread, between
    /// two calls of the owner.
    CopySide side();

    /// Opens the copy for reading; to be closed by the caller, before the destination is. Any thread.
    CopyReader reader();

    /// Removes a column of a published table that is not copied any more, with what ended rows have in it; false if there is none. Owner's thread.
    ///
    /// @throws dev.millrace.core.fault.Fault `DESTINATION_REFUSED` if it is copied
    boolean dropColumn(TableName table, String column);
}
