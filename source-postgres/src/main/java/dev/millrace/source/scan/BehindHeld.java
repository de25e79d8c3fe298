package dev.millrace.source.scan;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.position.TransactionSnapshot;

/// The source is behind what the destination holds: its transaction ids have gone backwards.
final class BehindHeld extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final long held;
    private final long here;

    BehindHeld(TransactionSnapshot held, TransactionSnapshot here) {
        super("The source is behind.", null, false, false);
        this.held = held.xmax();
        this.here = here.xmax();
    }

    /// What it is if it stays so.
    Fault fault() {
        return new Fault(
                FaultKind.XID_BACKWARDS,
                "the source",
                "The next transaction id of the source is %d, but the copy has seen what was written before %d: this server is behind the one that was read before. Nothing was written."
                        .formatted(here, held),
                "If it is a replica that lags (`SELECT now() - pg_last_xact_replay_timestamp();` tells), wait until it has caught up. If it was restored"
                        + " to an earlier time, or another server was promoted, run `millrace resync` without naming tables, then `millrace sync`.");
    }
}
