package dev.millrace.server.platform;

import dev.millrace.core.naming.Naming;
import dev.millrace.server.connection.ConnectionRecord;
import tools.jackson.databind.node.ObjectNode;

/// What tables of a source are called at the destination, by the rules of their connection; a number that a clash of names gave is not among it.
///
/// @param connection whose
record NamesThere(ConnectionRecord connection) {

    String schema(String source) {
        return connection.schemaPrefix() + "_" + naming().schema(source);
    }

    String table(String source) {
        return naming().table(source);
    }

    private Naming naming() {
        return Naming.valueOf(connection.schemaNames());
    }

    /// The data of an event that names a table, with the destination's names in place of the source's.
    ObjectNode in(ObjectNode data) {
        ObjectNode there = data.deepCopy();
        if (data.path("schema").isString()) {
            there.put("schema", schema(data.path("schema").asString()));
            for (String field : new String[] {"table", "name"}) {
                if (data.path(field).isString()) {
                    there.put(field, table(data.path(field).asString()));
                }
            }
        }
        return there;
    }
}
