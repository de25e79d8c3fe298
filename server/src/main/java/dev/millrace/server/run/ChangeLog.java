package dev.millrace.server.run;

import dev.millrace.core.fault.Fault;
import dev.millrace.server.audit.AuditLog;
import dev.millrace.server.audit.ConnectionEvents;
import dev.millrace.server.connection.Connections;
import dev.millrace.server.run.RunLog.Level;
import dev.millrace.server.state.Json;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what people did with a connection into its log, with who it was.
///
/// @param log where it is written
/// @param connections know which are there
public record ChangeLog(RunLog log, Connections connections) {

    private static final Logger LOG = LoggerFactory.getLogger(ChangeLog.class);

    /// Writes down what comes to the audit log from now on.
    public void follow(AuditLog audit) {
        audit.listen(this::on);
    }

    private void on(AuditLog.Entry entry) {
        ConnectionEvents.of(entry).filter(_ -> connections.find(entry.resourceId()).isPresent()).ifPresent(event -> {
            try {
                log.add(entry.resourceId(), Optional.empty(), Level.INFO, event, Json.object().put("actor", entry.actor()));
            } catch (Fault fault) {
                // It was removed at this moment, or the state fails: the change itself is done and in the audit log.
                LOG.debug("connection={} event={} logged=not", entry.resourceId(), event, fault);
            }
        });
    }
}
