package dev.millrace.core.route;

import dev.millrace.core.fault.Fault;
import java.util.Optional;

/// How bytes get to a host: straight, through a tunnel, or by way of an agent that dialled out.
///
/// May be used by many threads at the same time. Whoever opens a route closes it; what was dialled through it ends then.
public interface Route extends AutoCloseable {

    /// Where to dial to reach the target now. A way that broke is mended first, so the answer may differ from one call to the next; it is asked
    /// before each dial and not kept.
    ///
    /// @throws Fault if the way cannot be had; waits no longer than the route's own limit
    Address dial();

    /// The target itself, as a user names it; for messages.
    Address target();

    /// What hindered the latest session that was dialled, where the way knows more of it than who dialled: a tunnel host that forwards nowhere,
    /// an agent that is gone. To be asked after a dial failed, by whoever made it.
    default Optional<Fault> hindrance() {
        return Optional.empty();
    }

    @Override
    void close();

    /// Straight to the target.
    static Route straight(String host, int port) {
        return new StraightRoute(new Address(host, port));
    }
}
