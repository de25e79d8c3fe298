package dev.millrace.postgres.tls;

import dev.millrace.core.secret.Secret;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/// What is asked of TLS between here and a server.
///
/// @param mode how much
/// @param approved SHA-256 of certificates that a person has approved, 64 lower-case hexadecimal digits each
/// @param roots what is believed besides
/// @param serverName the name that is asked for (SNI) and that the certificate must have; empty for the route's target
/// @param client shown to a server that asks for it
/// @param channelBinding of logins by SCRAM
public record TlsPolicy(
        TlsMode mode,
        Set<String> approved,
        Roots roots,
        Optional<String> serverName,
        Optional<ClientCertificate> client,
        ChannelBinding channelBinding) {

    private static final String MODE = "millrace.tls.mode";
    private static final String APPROVED = "millrace.tls.approved";
    private static final String ROOTS = "millrace.tls.roots";
    private static final String NAME = "millrace.tls.name";
    private static final String CLIENT_CHAIN = "millrace.tls.client";
    private static final String CLIENT_KEY = "millrace.tls.key";
    private static final String SYSTEM = "system";

    /// Keeps its own copy of the set.
    public TlsPolicy {
        approved = Set.copyOf(approved);
    }

    /// A mode and nothing else.
    public static TlsPolicy of(TlsMode mode) {
        return new TlsPolicy(mode, Set.of(), new Roots.Unsaid(), Optional.empty(), Optional.empty(), ChannelBinding.PREFER);
    }

    /// The same without a client's certificate, which is one user's.
    public TlsPolicy withoutClient() {
        return new TlsPolicy(mode, approved, roots, serverName, Optional.empty(), channelBinding);
    }

    /// Whether it matters which certificate the server presents.
    public boolean verifiesChain() {
        boolean saysWhat = !approved.isEmpty() || !(roots instanceof Roots.Unsaid);
        return mode.compareTo(TlsMode.VERIFY_CA) >= 0 || (mode == TlsMode.REQUIRE && saysWhat);
    }

    /// Whether the public authorities are believed.
    boolean believesSystem() {
        return switch (roots) {
            case Roots.Unsaid _ -> approved.isEmpty();
            case Roots.OfSystem _ -> true;
            case Roots.InFile _ -> false;
        };
    }

    /// Whether the certificate must have the server's name. A public authority gives anybody a certificate of some name, so without this it
    /// would prove nothing.
    boolean verifiesName() {
        return mode == TlsMode.VERIFY_FULL || (verifiesChain() && believesSystem());
    }

    /// The driver's properties. They hold the client's key, and belong in no log.
    ///
    /// @param host the server's, for names
    public Map<String, String> properties(String host) {
        Map<String, String> properties = new HashMap<>();
        // What the driver would verify is verified by the factory, for all modes in one place.
        properties.put(PGProperty.SSL_MODE.getName(), mode.demandsTls() ? "require" : lower(mode));
        properties.put(PGProperty.SSL_FACTORY.getName(), TlsSockets.class.getName());
        properties.put(PGProperty.CHANNEL_BINDING.getName(), lower(channelBinding));
        properties.put(MODE, mode.name());
        properties.put(APPROVED, String.join(",", new TreeSet<>(approved)));
        properties.put(NAME, serverName.orElse(host));
        switch (roots) {
            case Roots.Unsaid _ -> {}
            case Roots.OfSystem _ -> properties.put(ROOTS, SYSTEM);
            case Roots.InFile(Path path) -> properties.put(ROOTS, path.toAbsolutePath().toString());
        }
        client.ifPresent(certificate -> {
            properties.put(CLIENT_CHAIN, certificate.chain());
            properties.put(CLIENT_KEY, certificate.key().reveal());
        });
        return properties;
    }

    /// The policy that [#properties] were made of; its name is always given.
    static TlsPolicy of(Properties properties) {
        String key = properties.getProperty(CLIENT_KEY);
        String chain = properties.getProperty(CLIENT_CHAIN);
        String approved = properties.getProperty(APPROVED, "");
        return new TlsPolicy(
                TlsMode.valueOf(properties.getProperty(MODE, TlsMode.VERIFY_FULL.name())),
                approved.isEmpty() ? Set.of() : Set.copyOf(List.of(approved.split(","))),
                roots(properties.getProperty(ROOTS)),
                Optional.ofNullable(properties.getProperty(NAME)),
                key == null || chain == null ? Optional.empty() : Optional.of(new ClientCertificate(chain, Secret.of(key))),
                ChannelBinding.valueOf(properties.getProperty(PGProperty.CHANNEL_BINDING.getName(), "prefer").toUpperCase(Locale.ROOT)));
    }

    private static Roots roots(@Nullable String text) {
        return switch (text) {
            case null -> new Roots.Unsaid();
            // An absolute path begins otherwise.
            case SYSTEM -> new Roots.OfSystem();
            default -> new Roots.InFile(Path.of(text));
        };
    }

    private static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }
}
