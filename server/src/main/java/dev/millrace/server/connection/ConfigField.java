package dev.millrace.server.connection;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A field of a connection's `config`, by the name that it has in the API, in settings files and in the setup form. The order is that of the form.
///
/// See docs/reference/api.md.
public enum ConfigField {
    SCHEMA_PREFIX(Kind.TEXT, "Destination schema prefix", "What the destination's schemas begin with. It never changes once the connection is made."),
    HOST(Kind.TEXT, "Host", "Name or address of the server. On Aurora: the cluster (writer) endpoint."),
    PORT(Kind.NUMBER, "Port", "1 to 65535."),
    USER(Kind.TEXT, "User", "The role that reads."),
    PASSWORD(Kind.SECRET, "Password", "Kept sealed, and never shown again."),
    DATABASE(Kind.TEXT, "Database", "One connection copies one database."),
    AUTH_METHOD(
            Kind.CHOICE, "Authentication method", "How the user proves who they are.", List.of("PASSWORD", "CLIENT_CERTIFICATE", "AWS_IAM", "ENTRA_ID")),
    CLIENT_PUBLIC_CERTIFICATE(Kind.LONG_TEXT, "Client certificate", "In PEM, with those between it and its authority behind it."),
    CLIENT_PRIVATE_KEY(Kind.SECRET, "Client private key", "PKCS#8 in PEM, not encrypted."),
    ENTRA_APP_ID(Kind.TEXT, "Entra application id", "With `ENTRA_ID`, which this version does not have."),
    ENTRA_TENANT_ID(Kind.TEXT, "Entra tenant id", "With `ENTRA_ID`, which this version does not have."),
    CONNECTION_TYPE(
            Kind.CHOICE, "Connection method", "How the host is reached.", List.of("Directly", "SshTunnel", "PrivateLink", "ProxyAgent")),
    TUNNEL_HOST(Kind.TEXT, "SSH host", "The SSH server that forwards to the host. Not a load balancer."),
    TUNNEL_PORT(Kind.NUMBER, "SSH port", "1 to 65535."),
    TUNNEL_USER(Kind.TEXT, "SSH user", "Who logs in there, by the public key that is shown."),
    ALWAYS_ENCRYPTED(Kind.FLAG, "Require TLS through tunnel", "TLS also where the way to the host is protected otherwise."),
    UPDATE_METHOD(
            Kind.CHOICE,
            "Update method",
            "How changes are followed: the write-ahead log, or looks at the tables.",
            List.of("WAL_PGOUTPUT", "QUERY_BASED", "XMIN", "TELEPORT", "WAL")),
    DELETE_CAPTURE_ENABLED(Kind.FLAG, "Capture deletes", "With `QUERY_BASED`: whether deleted rows are found too."),
    REPLICATION_SLOT(Kind.TEXT, "Replication slot", "With `WAL_PGOUTPUT`: of the plugin pgoutput, used by this connection alone."),
    PUBLICATION_NAME(Kind.TEXT, "Publication", "With `WAL_PGOUTPUT`: with the tables to copy.");

    /// What a field holds.
    public enum Kind {
        TEXT,
        LONG_TEXT,
        NUMBER,
        FLAG,
        CHOICE,
        /// Never shown again.
        SECRET
    }

    private final Kind kind;
    private final String label;
    private final String description;
    private final List<String> choices;

    ConfigField(Kind kind, String label, String description) {
        this(kind, label, description, List.of());
    }

    ConfigField(Kind kind, String label, String description, List<String> choices) {
        this.kind = kind;
        this.label = label;
        this.description = description;
        this.choices = choices;
    }

    /// Its name in the API: `schema_prefix`.
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// What it holds.
    public Kind kind() {
        return kind;
    }

    /// What the form calls it.
    public String label() {
        return label;
    }

    /// What it means, in a sentence.
    public String description() {
        return description;
    }

    /// What it may be, of a choice.
    public List<String> choices() {
        return choices;
    }

    /// By the API's name.
    public static Optional<ConfigField> find(String key) {
        return Arrays.stream(values()).filter(field -> field.key().equals(key)).findFirst();
    }
}
