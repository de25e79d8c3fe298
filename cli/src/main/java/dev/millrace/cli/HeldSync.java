package dev.millrace.cli;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.worker.ConnectionSync;
import dev.millrace.worker.Wiring;
import dev.millrace.worker.desk.SyncDesk;
import dev.millrace.worker.holder.Holder;
import dev.millrace.worker.holder.HolderAddress;
import dev.millrace.worker.holder.HolderClient;

/// A sync whose file other commands can ask about while it goes on.
///
/// @param sync that holds the file
/// @param holder that answers for it
record HeldSync(ConnectionSync sync, Holder holder) implements AutoCloseable {

    /// Opens the destination and begins to answer.
    ///
    /// @throws Fault if another process holds the destination
    static HeldSync open(Wiring wiring) {
        HolderAddress address = wiring.holder();
        if (HolderClient.find(address).isPresent()) {
            throw new Fault(
                    FaultKind.DESTINATION_HELD,
                    wiring.place().subject(),
                    "Another millrace is syncing into %s, and one at a time can.".formatted(wiring.place().subject()),
                    "Leave it to that one: `status`, `query`, `resync` and `verify` work meanwhile. Or stop it first.");
        }
        ConnectionSync sync = ConnectionSync.open(wiring);
        try {
            return new HeldSync(sync, Holder.serve(address, new SyncDesk(wiring, sync)));
        } catch (Fault fault) {
            sync.close();
            throw fault;
        }
    }

    /// Stops answering, then closes the destination. The run must have ended.
    @Override
    public void close() {
        holder.close();
        sync.close();
    }
}
