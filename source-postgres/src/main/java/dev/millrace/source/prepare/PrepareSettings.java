package dev.millrace.source.prepare;

import dev.millrace.core.source.Selection;
import dev.millrace.source.Following;
import dev.millrace.source.Hosting;

/// What a source is made ready for.
///
/// @param following how its changes are to be followed
/// @param database the database's name
/// @param user who is to read
/// @param proof how the user is to prove who it is
/// @param selection what shall be copied
/// @param hosting where the server runs
public record PrepareSettings(
        Following following, String database, String user, Proof proof, Selection selection, Hosting hosting) {

    /// How a user proves who it is.
    public enum Proof {
        /// By the password of the settings.
        PASSWORD,
        /// By a token of AWS, which the server asks for from members of a role.
        AWS_IAM,
        /// By what is not the database's to be told: a certificate, or nothing.
        OTHER
    }

    /// Whether the user is to have a password.
    boolean hasPassword() {
        return proof == Proof.PASSWORD;
    }

    /// Whether the log is read.
    boolean isLog() {
        return following instanceof Following.Log;
    }
}
