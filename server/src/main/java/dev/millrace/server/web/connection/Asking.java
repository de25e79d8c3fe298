package dev.millrace.server.web.connection;

import dev.millrace.server.ControlPlane;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.run.ActiveRun;
import dev.millrace.worker.ConnectionSync;
import dev.millrace.worker.Wiring;
import dev.millrace.worker.desk.FileDesk;
import dev.millrace.worker.desk.SyncDesk;
import dev.millrace.worker.holder.CopyDesk;
import java.util.Optional;
import java.util.function.Function;

/// Finds the desk of a connection's copy: beside its run where one goes on here, over the file otherwise.
///
/// @param plane that the connection is part of
record Asking(ControlPlane plane) {

    /// Asks it; empty while there is no file to ask.
    <T> Optional<T> ask(ConnectionRecord connection, Function<CopyDesk, T> question) {
        Optional<ActiveRun> active = plane.conductor().active(connection.id());
        Optional<ConnectionSync> sync = active.flatMap(ActiveRun::sync);
        Optional<Wiring> own = active.flatMap(ActiveRun::wiring);
        if (sync.isPresent() && own.isPresent()) {
            try (CopyDesk desk = new SyncDesk(own.get(), sync.get())) {
                return Optional.of(question.apply(desk));
            }
        }
        try (Wiring wiring = plane.orders().wiring(connection)) {
            if (!wiring.place().isThere()) {
                return Optional.empty();
            }
            try (CopyDesk desk = new FileDesk(wiring, _ -> {})) {
                return Optional.of(question.apply(desk));
            }
        }
    }
}
