package dev.millrace.route.ssh;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Why an SSH session could not be had. Whoever dialled makes a fault of it in the words of tunnel or agent.
public final class DialFailure extends Exception {

    /// What went wrong.
    public enum Reason {
        /// The name does not resolve.
        UNKNOWN_HOST,
        /// It is at private addresses only, and those are not to be dialled.
        PRIVATE,
        /// No address of the host accepts connections.
        UNREACHABLE,
        /// Something accepts connections and is no SSH server, or says nothing, or hangs up.
        SILENT,
        /// No algorithm that both sides still use.
        NO_COMMON_ALGORITHM,
        /// It shows a key, and none is approved.
        HOST_KEY_UNKNOWN,
        /// It shows another key than the approved ones.
        HOST_KEY_CHANGED,
        /// It does not accept key or token.
        LOGIN_REFUSED,
        /// It accepts them, but another session has come before us.
        TAKEN
    }

    private final Reason reason;
    private final transient @Nullable HostKey presented;
    private final transient Set<String> trusted;

    DialFailure(Reason reason, String message, @Nullable HostKey presented, Set<String> trusted, @Nullable Throwable cause) {
        super(PeerText.of(message), cause);
        this.reason = reason;
        this.presented = presented;
        this.trusted = Set.copyOf(trusted);
    }

    /// What went wrong.
    public Reason reason() {
        return reason;
    }

    /// Whether it is the word of a host that has proven an approved key.
    boolean isOfApprovedHost() {
        return reason == Reason.LOGIN_REFUSED || reason == Reason.TAKEN;
    }

    /// The key that the server showed, if it came that far.
    public Optional<HostKey> presented() {
        return Optional.ofNullable(presented);
    }

    /// The same, of a failure that is about the key.
    HostKey key() {
        return presented().orElseThrow();
    }

    /// The fingerprints that were believed at that moment.
    public Set<String> trusted() {
        return trusted;
    }

    /// What the other side or the system said, as a clause without a full stop; never a secret.
    public String detail() {
        return String.valueOf(getMessage());
    }
}
