package dev.millrace.worker.desk;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.run.RunListener;
import dev.millrace.worker.Wiring;
import dev.millrace.worker.holder.CopyDesk;
import dev.millrace.worker.holder.HolderAddress;
import dev.millrace.worker.holder.HolderClient;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Finds the desk for a connection: that of the process which holds the file, or one of our own.
public final class Desks {

    private static final int TRIES = 20;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private Desks() {}

    /// Asks the desk of a connection.
    ///
    /// A sync that is just starting or ending holds the file for a moment without a socket; so a held file is tried again for a few
    /// seconds, unless the question has begun to be answered.
    ///
    /// @param listener hears of a run that the question needs
    /// @param question is asked anew with another desk while it has told nothing
    public static void ask(Wiring wiring, RunListener listener, Consumer<CopyDesk> question) {
        HolderAddress address = wiring.holder();
        for (int tries = 1; ; tries++) {
            Optional<CopyDesk> held = HolderClient.find(address);
            try (CopyDesk desk = held.orElseGet(() -> new FileDesk(wiring, listener))) {
                question.accept(desk);
                if (held.isEmpty()) {
                    removeLeft(address);
                }
                return;
            } catch (Fault fault) {
                if (fault.kind() != FaultKind.DESTINATION_HELD || tries == TRIES) {
                    throw fault;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /// We could open the file, so a socket that nobody answers is left from a killed process.
    private static void removeLeft(HolderAddress address) {
        if (HolderClient.find(address).isEmpty()) {
            address.removeStale();
        }
    }
}
