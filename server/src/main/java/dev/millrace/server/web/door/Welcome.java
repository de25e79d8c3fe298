package dev.millrace.server.web.door;

import dev.millrace.server.member.Members;
import dev.millrace.server.state.Ids;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/// The link by which the first administrator comes in, while there is no member. Who can read what the server prints may have it.
public final class Welcome {

    private final Members members;
    private final String token = Ids.secret();

    /// Of a server; another start has another link.
    public Welcome(Members members) {
        this.members = members;
    }

    /// Its path; empty once there is a member.
    public Optional<String> path() {
        return isOpen() ? Optional.of("/welcome?token=" + token) : Optional.empty();
    }

    boolean isOpen() {
        return members.all().isEmpty();
    }

    boolean admits(String shown) {
        return isOpen() && MessageDigest.isEqual(shown.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
    }
}
