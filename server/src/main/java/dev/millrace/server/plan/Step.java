package dev.millrace.server.plan;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// One thing that has to be done so that a server is as a folder says.
///
/// @param kind what
/// @param what it is done with, for people: `connection shop/orders`
/// @param changes what becomes different, for people; secrets are not among them
/// @param method of HTTP
/// @param path below `/v1`; `{group}` and `{connection}` stand for ids that are known only once an earlier step was done
/// @param body to send; holds secrets
/// @param group the name of the group that it is about
/// @param prefix of the connection that it is about; empty for a group or destination
public record Step(Kind kind, String what, List<Change> changes, String method, String path, ObjectNode body, String group, String prefix) {

    /// Keeps its own copy of the list.
    public Step {
        changes = List.copyOf(changes);
    }

    /// What is done.
    public enum Kind {
        MAKE,
        CHANGE,
        REMOVE
    }

    /// A field that becomes another.
    ///
    /// @param field its path: `config.host`
    /// @param from as it is; empty for nothing
    /// @param to as it will be; empty for nothing
    public record Change(String field, String from, String to) {}
}
