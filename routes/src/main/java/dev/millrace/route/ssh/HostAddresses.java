package dev.millrace.route.ssh;

import dev.millrace.core.route.PrivateAddress;
import dev.millrace.route.ssh.DialFailure.Reason;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/// Finds the addresses of a host. What is dialled is an address that was looked at, never the name a second time.
///
/// @param publicOnly whether private addresses are left out
/// @param names the name service
record HostAddresses(boolean publicOnly, Names names) {

    private static final int ADDRESSES_MAX = 8;

    /// What a name stands for.
    @FunctionalInterface
    interface Names {

        /// All addresses, the preferred ones first.
        InetAddress[] of(String host) throws UnknownHostException;
    }

    /// The addresses that may be dialled, at least one.
    ///
    /// @param limit how long the name service may take; its question cannot be taken back, and goes on by itself
    /// @param believed told with a failure
    /// @throws DialFailure if there are none
    List<InetAddress> of(String host, Duration limit, Set<String> believed) throws DialFailure {
        FutureTask<InetAddress[]> question = new FutureTask<>(() -> names.of(host));
        Thread.ofVirtual().name("name-of-ssh-host").start(question);
        List<InetAddress> all;
        try {
            all = List.of(question.get(limit.toNanos(), TimeUnit.NANOSECONDS));
        } catch (ExecutionException | TimeoutException e) {
            throw new DialFailure(Reason.UNKNOWN_HOST, "the name does not resolve", null, believed, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DialFailure(Reason.UNREACHABLE, "the wait for its name was interrupted", null, believed, e);
        }
        List<InetAddress> allowed = all.stream().filter(one -> !publicOnly || !PrivateAddress.is(one)).limit(ADDRESSES_MAX).toList();
        if (allowed.isEmpty()) {
            String tried = all.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(", "));
            throw new DialFailure(Reason.PRIVATE, tried, null, believed, null);
        }
        return allowed;
    }
}
