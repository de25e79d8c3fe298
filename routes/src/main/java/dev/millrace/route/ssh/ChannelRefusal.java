package dev.millrace.route.ssh;

import java.util.Optional;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;

/// The other side's answer that it does not open a channel.
///
/// @param isProhibited it is not allowed to, or does not want to; otherwise it tried and could not reach the target
/// @param words what it said, without a full stop
/// @param cause that told of it
public record ChannelRefusal(boolean isProhibited, String words, Throwable cause) {

    /// The refusal that a failure tells of; empty if it was another failure.
    public static Optional<ChannelRefusal> in(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof SshChannelOpenException refused) {
                int code = refused.getReasonCode();
                boolean prohibited = code == SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED
                        || code == SshConstants.SSH_OPEN_UNKNOWN_CHANNEL_TYPE;
                return Optional.of(new ChannelRefusal(prohibited, PeerText.of(refused.getMessage()), refused));
            }
        }
        return Optional.empty();
    }
}
