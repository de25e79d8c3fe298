package dev.millrace.server;

import java.nio.file.Path;

/// The folder in which a server keeps what is its own.
///
/// @param folder absolute
public record Home(Path folder) {

    /// The state, where no other place is named.
    public Path state() {
        return folder.resolve("state.sqlite");
    }

    /// What shows that a server is at work here.
    public Path lock() {
        return folder.resolve("server.lock");
    }

    /// The key that opens its secrets, where the environment names no other.
    public Path key() {
        return folder.resolve("key");
    }

    /// Where the gateway for agents keeps its files.
    public Path gateway() {
        return folder.resolve("gateway");
    }

    /// Where copies are kept.
    public Path destinations() {
        return folder.resolve("destinations");
    }

    /// What this machine needs of a destination that is elsewhere.
    public Path work(String destination) {
        return folder.resolve("work").resolve(destination);
    }

    /// The key pair by which the tunnels of a group log in.
    public Path tunnelKeys(String group) {
        return folder.resolve("tunnels").resolve(group);
    }
}
