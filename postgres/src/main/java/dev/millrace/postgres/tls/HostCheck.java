package dev.millrace.postgres.tls;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.SetupTest;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.route.Address;
import dev.millrace.core.route.Route;
import dev.millrace.postgres.dial.Dialler;
import dev.millrace.postgres.dial.NotDialled;
import dev.millrace.postgres.dial.PrivateHosts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Asks whether a PostgreSQL server answers at the end of a route, and at every address that its host has ([SetupTest#HOST]).
///
/// @param route to the server; stays the caller's
/// @param dialler by which it is dialled
public record HostCheck(Route route, Dialler dialler) {

    /// How long one address of several may take.
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /// With this machine's name service.
    public HostCheck(Route route, PrivateHosts privateHosts) {
        this(route, new Dialler(privateHosts));
    }

    /// The answer; within seconds, whatever is there.
    public Finding finding() {
        try (Greeting greeting = Greeting.of(route, dialler)) {
            String answers = "A PostgreSQL server answers at %s%s, %s TLS."
                    .formatted(route.target(), reached(greeting), greeting.hasTls() ? "with" : "without");
            List<String> dead = isDirect() ? dead() : List.of();
            return dead.isEmpty()
                    ? Finding.passed(SetupTest.HOST, answers)
                    : Finding.warning(
                            SetupTest.HOST,
                            "%s But the name stands for other addresses too, at which nothing does: %s.".formatted(answers, String.join(", ", dead)),
                            "Sessions try the others beside them, so runs are possible. Take dead addresses out of the name service, or let this machine in there"
                                    + " as well.");
        } catch (Fault fault) {
            return Finding.failed(SetupTest.HOST, fault.description(), fault.remedy());
        }
    }

    /// Whether the target is dialled from here.
    private boolean isDirect() {
        return route.dial().equals(route.target());
    }

    /// Which address it was, where the name says something else.
    private String reached(Greeting greeting) {
        String address = greeting.socket().getInetAddress().getHostAddress();
        return isDirect() && !route.target().host().equals(address) ? " (%s)".formatted(address) : "";
    }

    /// Addresses of several that refuse or say nothing. One to which there is no way at all, such as IPv6 on a machine without it, is none of them.
    private List<String> dead() {
        Address target = route.target();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<InetAddress> all = dialler.resolve(target);
            List<Future<Optional<String>>> answers =
                    all.stream().filter(_ -> all.size() > 1).map(one -> threads.submit(() -> deadly(target, one))).toList();
            return answers.stream().map(HostCheck::answer).flatMap(Optional::stream).toList();
        } catch (NotDialled _) {
            // A moment ago it resolved; that it does not always is no reason to say that a server which answers does not.
            return List.of();
        }
    }

    private Optional<String> deadly(Address target, InetAddress one) throws IOException {
        try (Socket _ = new Dialler(dialler.privateHosts(), PATIENCE, _ -> new InetAddress[] {one}).dial(target)) {
            return Optional.empty();
        } catch (NotDialled e) {
            return switch (e.reason()) {
                case REFUSED -> Optional.of(one.getHostAddress() + " refuses");
                case SILENT -> Optional.of(one.getHostAddress() + " is silent");
                case UNREACHABLE, UNRESOLVABLE, PRIVATE -> Optional.empty();
            };
        }
    }

    private static Optional<String> answer(Future<Optional<String>> future) {
        try {
            return future.get();
        } catch (ExecutionException _) {
            return Optional.empty();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
