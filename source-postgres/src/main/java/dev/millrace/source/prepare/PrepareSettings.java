package dev.millrace.source.prepare;

import dev.millrace.core.source.Selection;
import dev.millrace.source.Following;
import dev.millrace.source.Hosting;

/// What a source is made ready for.
///
/// @param following how its changes are to be followed
/// @param database the database's name
/// @param user who is to read
/// @param hasPassword whether the user is to prove itself by a password
/// @param selection what shall be copied
/// @param hosting where the server runs
public record PrepareSettings(
        Following following, String database, String user, boolean hasPassword, Selection selection, Hosting hosting) {

    /// Whether the log is read.
    boolean isLog() {
        return following instanceof Following.Log;
    }
}
