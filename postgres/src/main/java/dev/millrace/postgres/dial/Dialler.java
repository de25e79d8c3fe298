package dev.millrace.postgres.dial;

import dev.millrace.core.route.Address;
import dev.millrace.core.route.PrivateAddress;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/// Dials a host that may have several addresses, of which some may be dead, of either family.
///
/// What is dialled is an address that was looked at, never the name a second time: a name that resolves to another address a moment later
/// gains nothing. May be used by many threads at the same time.
///
/// @param privateHosts which addresses may be dialled
/// @param limit how long all of it may take
/// @param names the name service
public record Dialler(PrivateHosts privateHosts, Duration limit, Names names) {

    /// How long all of it may take where nothing else is said.
    public static final Duration LIMIT = Duration.ofSeconds(15);

    /// After which silence the next address is tried beside the one before (RFC 8305, section 5).
    private static final Duration STAGGER = Duration.ofMillis(250);

    private static final int ADDRESSES_MAX = 16;
    private static final int IDLE_SECONDS = 60;
    private static final int INTERVAL_SECONDS = 10;
    private static final int PROBES = 6;

    /// What a name stands for.
    @FunctionalInterface
    public interface Names {

        /// All addresses, the preferred ones first.
        InetAddress[] of(String host) throws UnknownHostException;
    }

    /// With this machine's name service.
    public Dialler(PrivateHosts privateHosts) {
        this(privateHosts, LIMIT, InetAddress::getAllByName);
    }

    /// Gives a connected socket, the caller's. Such a one notices after two minutes that a peer is gone without a word, not after two hours as
    /// operating systems have it. (A limit on reading would not do: a server may rightly be silent for as long as a statement takes.)
    ///
    /// @throws NotDialled if there is none to be had; within the limit
    public Socket dial(Address address) throws NotDialled {
        long end = System.nanoTime() + limit.toNanos();
        ExecutorService threads = threads();
        try {
            return watched(race(address, resolve(address, end, threads), end, threads));
        } finally {
            threads.shutdownNow();
        }
    }

    /// Not waited for at the end: a question to the name service cannot be taken back, and may last longer than the limit.
    private static ExecutorService threads() {
        return Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("dialler").factory());
    }

    /// The addresses that would be dialled.
    ///
    /// @throws NotDialled if there are none
    public List<InetAddress> resolve(Address address) throws NotDialled {
        ExecutorService threads = threads();
        try {
            return resolve(address, System.nanoTime() + limit.toNanos(), threads);
        } finally {
            threads.shutdownNow();
        }
    }

    private List<InetAddress> resolve(Address address, long end, ExecutorService threads) throws NotDialled {
        List<InetAddress> all;
        Future<InetAddress[]> resolution = threads.submit(() -> names.of(address.host()));
        try {
            all = List.of(resolution.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS));
        } catch (ExecutionException | TimeoutException e) {
            throw new NotDialled(NotDialled.Reason.UNRESOLVABLE, address, List.of(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotDialled(NotDialled.Reason.SILENT, address, List.of(), e);
        }
        List<InetAddress> allowed =
                all.stream().filter(one -> privateHosts == PrivateHosts.ALLOW || !PrivateAddress.is(one)).limit(ADDRESSES_MAX).toList();
        if (allowed.isEmpty()) {
            throw new NotDialled(NotDialled.Reason.PRIVATE, address, all, null);
        }
        return allowed;
    }

    /// The first that connects; the others are given up.
    private static Socket race(Address address, List<InetAddress> targets, long end, ExecutorService threads) throws NotDialled {
        CompletionService<Socket> runners = new ExecutorCompletionService<>(threads);
        List<Socket> sockets = new ArrayList<>();
        @Nullable Throwable worst = null;
        @Nullable Socket winner = null;
        int started = 0;
        int ended = 0;
        try {
            while (winner == null && ended < targets.size() && System.nanoTime() < end) {
                if (started < targets.size()) {
                    Socket socket = new Socket();
                    sockets.add(socket);
                    runners.submit(attempt(socket, new InetSocketAddress(targets.get(started++), address.port()), end));
                }
                long patience = started < targets.size() ? STAGGER.toNanos() : end - System.nanoTime();
                Future<Socket> done = runners.poll(Math.max(0, patience), TimeUnit.NANOSECONDS);
                if (done != null) {
                    ended++;
                    try {
                        winner = done.get();
                    } catch (ExecutionException e) {
                        worst = worst == null || e.getCause() instanceof ConnectException ? e.getCause() : worst;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            worst = e;
        } finally {
            // Sockets are equal to themselves only.
            sockets.remove(winner);
            sockets.forEach(Dialler::close);
        }
        if (winner == null) {
            throw new NotDialled(reason(worst), address, targets, worst);
        }
        return winner;
    }

    private static Callable<Socket> attempt(Socket socket, InetSocketAddress target, long end) {
        return () -> {
            socket.connect(target, Math.toIntExact(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()))));
            return socket;
        };
    }

    private static NotDialled.Reason reason(@Nullable Throwable failure) {
        return switch (failure) {
            case null -> NotDialled.Reason.SILENT;
            case SocketTimeoutException _, InterruptedException _ -> NotDialled.Reason.SILENT;
            // The one text in the JDK that sets a refused connection apart from a way that is not known; both are this class.
            case ConnectException refused when String.valueOf(refused.getMessage()).contains("refused") -> NotDialled.Reason.REFUSED;
            default -> NotDialled.Reason.UNREACHABLE;
        };
    }

    private static Socket watched(Socket socket) throws NotDialled {
        try {
            socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            if (socket.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
                socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, IDLE_SECONDS);
                socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, INTERVAL_SECONDS);
                socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
            }
            return socket;
        } catch (IOException e) {
            Address peer = new Address(socket.getInetAddress().getHostAddress(), socket.getPort());
            close(socket);
            throw new NotDialled(NotDialled.Reason.SILENT, peer, List.of(socket.getInetAddress()), e);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // It was to be given up; there is nothing more to give up of it.
        }
    }
}
