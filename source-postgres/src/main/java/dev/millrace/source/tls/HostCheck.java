package dev.millrace.source.tls;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.SetupTest;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.route.Address;
import dev.millrace.core.route.Route;
import dev.millrace.source.dial.Dialler;
import dev.millrace.source.dial.PrivateHosts;
import java.net.InetAddress;

/// Asks whether a PostgreSQL server answers at the end of a route ([SetupTest#HOST]).
///
/// @param route to the server; stays the caller's
/// @param privateHosts which addresses may be dialled
public record HostCheck(Route route, PrivateHosts privateHosts) {

    /// The answer; within seconds, whatever is there.
    public Finding finding() {
        Dialler dialler = new Dialler(privateHosts);
        try (Greeting greeting = Greeting.of(route, dialler)) {
            return Finding.passed(
                    SetupTest.HOST,
                    "A PostgreSQL server answers at %s%s, %s TLS.".formatted(route.target(), reached(greeting), greeting.hasTls() ? "with" : "without"));
        } catch (Fault fault) {
            return Finding.failed(SetupTest.HOST, fault.description(), fault.remedy());
        }
    }

    /// Which address it was, where it is the target that was dialled and the name says something else.
    private String reached(Greeting greeting) {
        InetAddress address = greeting.socket().getInetAddress();
        Address target = route.target();
        boolean isDirect = route.dial().equals(target);
        return isDirect && !target.host().equals(address.getHostAddress()) ? " (%s)".formatted(address.getHostAddress()) : "";
    }
}
