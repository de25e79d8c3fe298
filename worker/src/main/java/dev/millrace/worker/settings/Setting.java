package dev.millrace.worker.settings;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Every setting of a connection with one value, by the name that it has in a file, on the command line and in the reference.
///
/// The selection of tables and columns (`schemas`) is not among them: its names are the user's own.
public enum Setting {
    /// What kind of PostgreSQL it is.
    SOURCE_SERVICE("source.service", Need.REQUIRED, "", "`postgres`, `postgres_rds`, `aurora_postgres`, "
            + "`google_cloud_postgresql`, `azure_postgres` or `heroku_postgres`. They are read in the same way; advice differs."),
    /// The source's host.
    SOURCE_HOST("source.host", Need.REQUIRED, "", "Name or address of the server. On Aurora: the cluster (writer) endpoint."),
    /// The source's port.
    SOURCE_PORT("source.port", Need.OPTIONAL, "5432", "1 to 65535."),
    /// The database to copy.
    SOURCE_DATABASE("source.database", Need.REQUIRED, "", "Name of the database. One connection copies one database."),
    /// The login role.
    SOURCE_USER("source.user", Need.REQUIRED, "", "The role that reads; it needs `SELECT` on what is copied, and "
            + "`REPLICATION` with `WAL_PGOUTPUT`."),
    /// The login's password.
    SOURCE_PASSWORD("source.password", Need.OPTIONAL, "none",
            "Best `${env:NAME}` or `${file:PATH}`. A plain value works and is warned about."),
    /// How the user proves who they are.
    SOURCE_AUTH_METHOD("source.auth_method", Need.OPTIONAL, "PASSWORD", "How the user proves who they are: `PASSWORD`, `CLIENT_CERTIFICATE`, or "
            + "`AWS_IAM`, for which a token is made for each session. `ENTRA_ID` is the name of a way that this version does not have."),
    /// The client's certificate.
    SOURCE_CLIENT_PUBLIC_CERTIFICATE("source.client_public_certificate", Need.OPTIONAL, "none", "What the server is shown: a certificate in "
            + "PEM, with those between it and its authority behind it. Best `${file:PATH}`."),
    /// Its key.
    SOURCE_CLIENT_PRIVATE_KEY("source.client_private_key", Need.OPTIONAL, "none", "Its private key: PKCS#8 in PEM, not encrypted. Best "
            + "`${file:PATH}` or `${env:NAME}`."),
    /// Where the database is in AWS.
    SOURCE_AWS_REGION("source.aws_region", Need.OPTIONAL, "none", "With `AWS_IAM`: the database's region. Told from the host's name where it "
            + "is left out."),
    /// How much TLS is asked for.
    SOURCE_SSLMODE("source.sslmode", Need.OPTIONAL, "verify-ca", "`disable`, `allow`, `prefer`, `require`, `verify-ca` or `verify-full`, "
            + "as in PostgreSQL's own clients. The default is `prefer` where the host is this machine and nothing else here asks for TLS. See "
            + "[TLS](../guides/tls.md)."),
    /// The authorities that are believed.
    SOURCE_SSLROOTCERT("source.sslrootcert", Need.OPTIONAL, "none", "File with the certificates of the authorities that are believed, or "
            + "`system`. The system's are believed where neither this nor an approved certificate is given; they ask for the right name too."),
    /// Certificates that were approved.
    SOURCE_TRUSTED_CERTIFICATES("source.trusted_certificates", Need.OPTIONAL, "none", "List of approved certificates, each by its SHA-256: "
            + "the server's own, or one that signs it and is presented with it. What `millrace check FILE --trust` approves comes to them."),
    /// The name that the certificate must have.
    SOURCE_TLS_SERVER_NAME("source.tls_server_name", Need.OPTIONAL, "none", "The database's own name, where `host` is another one that leads to "
            + "it (PrivateLink, a load balancer): asked for in TLS, verified, and signed for with `AWS_IAM`."),
    /// Whether SCRAM is bound to TLS.
    SOURCE_CHANNEL_BINDING("source.channel_binding", Need.OPTIONAL, "prefer", "`prefer`, `require` or `disable`: whether a login by SCRAM is "
            + "bound to its TLS session, so that nobody can stand between."),
    /// Whether TLS is demanded within a tunnel.
    SOURCE_ALWAYS_ENCRYPTED("source.always_encrypted", Need.OPTIONAL, "false", "`true` demands TLS also where the way to the host is "
            + "protected otherwise: through a tunnel, by way of an agent, on this machine."),
    /// Whether private addresses are dialled.
    SOURCE_PRIVATE_HOSTS("source.private_hosts", Need.OPTIONAL, "allow", "With `Directly` and `SshTunnel`: `refuse` dials public "
            + "addresses only, as a service for others needs; of a tunnel, `tunnel_host` is what is dialled."),
    /// How changes are followed.
    SOURCE_UPDATE_METHOD("source.update_method", Need.OPTIONAL, "WAL_PGOUTPUT", "How changes are followed. `WAL_PGOUTPUT`: the "
            + "write-ahead log, through a replication slot. With nothing but `SELECT`: `XMIN` looks for rows that were written since the last run "
            + "and does not see deletes; `TELEPORT` finds deletes too, by comparing keys; `QUERY_BASED` is a newer name for the two, see "
            + "`delete_capture_enabled`. Changing it has every table copied again."),
    /// Whether QUERY_BASED finds deletes.
    SOURCE_DELETE_CAPTURE_ENABLED("source.delete_capture_enabled", Need.OPTIONAL, "false", "With `QUERY_BASED`: `true` finds deletes, as "
            + "`TELEPORT` does; `false` does not, as `XMIN`."),
    /// The slot that is read.
    SOURCE_REPLICATION_SLOT("source.replication_slot", Need.REQUIRED, "", "With `WAL_PGOUTPUT`: name of the logical replication slot "
            + "(plugin `pgoutput`), used by this connection alone."),
    /// The publication that is read.
    SOURCE_PUBLICATION_NAME("source.publication_name", Need.REQUIRED, "", "With `WAL_PGOUTPUT`: name of the publication with the "
            + "tables to copy."),
    /// How the host is reached.
    SOURCE_CONNECTION_TYPE("source.connection_type", Need.OPTIONAL, "Directly", "How the host is reached: `Directly`; `SshTunnel`, "
            + "through an SSH server (the default if one of `tunnel_host`, `tunnel_port`, `tunnel_user` is given); `ProxyAgent`, through an agent in "
            + "the database's network that dials out to us; `PrivateLink`, at an endpoint in your own network."),
    /// The SSH server of a tunnel.
    SOURCE_TUNNEL_HOST("source.tunnel_host", Need.REQUIRED, "", "With `SshTunnel`: name or address of the SSH server that forwards to "
            + "`source.host`, which is then seen from there. Not a load balancer."),
    /// Its port.
    SOURCE_TUNNEL_PORT("source.tunnel_port", Need.OPTIONAL, "22", "With `SshTunnel`: 1 to 65535."),
    /// Who logs in to it.
    SOURCE_TUNNEL_USER("source.tunnel_user", Need.REQUIRED, "", "With `SshTunnel`: who logs in there. `millrace keys FILE` prints the "
            + "public key that this user has to accept."),
    /// Which host keys are believed.
    SOURCE_TRUSTED_HOST_KEYS("source.trusted_host_keys", Need.OPTIONAL, "none", "With `SshTunnel`: fingerprints of the tunnel host's keys that "
            + "are believed, beside those that were approved, as `ssh-keygen -lf` prints them (`SHA256:...`); one, several with commas, or a list."),
    /// Where the key pair is.
    SOURCE_TUNNEL_KEY_FOLDER("source.tunnel_key_folder", Need.OPTIONAL, "none", "With `SshTunnel`: folder with the key pair by which we log in, made "
            + "when it is first needed. By default beside the destination's file, with `.tunnel` behind its name, so that all connections into one "
            + "destination have one."),
    /// Which agent is asked.
    SOURCE_PROXY_AGENT_ID("source.proxy_agent_id", Need.REQUIRED, "", "With `ProxyAgent`: id of the agent, as `millrace agents create` "
            + "printed it. `source.host` is then seen from the agent."),
    /// Where the gateway is found.
    SOURCE_GATEWAY_FOLDER("source.gateway_folder", Need.OPTIONAL, "none", "With `ProxyAgent`: folder of the gateway that the agent dials, on this "
            + "machine. By default `~/.millrace/gateway`."),
    /// What kind of destination it is.
    DESTINATION_SERVICE("destination.service", Need.REQUIRED, "", "`duckdb`, a file that needs no server; `postgres`, a PostgreSQL database; or "
            + "`iceberg`, tables of Apache Iceberg in a folder or in object storage."),
    /// The destination's file.
    DESTINATION_PATH("destination.path", Need.REQUIRED, "", "With `duckdb`: the DuckDB file; made if it does not exist. Relative to the settings file."),
    /// The destination's host.
    DESTINATION_HOST("destination.host", Need.REQUIRED, "", "With `postgres`: name or address of the server."),
    /// The destination's port.
    DESTINATION_PORT("destination.port", Need.OPTIONAL, "5432", "With `postgres`: 1 to 65535."),
    /// The database to copy into.
    DESTINATION_DATABASE("destination.database", Need.REQUIRED, "", "With `postgres`: name of the database, which has to be there."),
    /// The role that writes.
    DESTINATION_USER("destination.user", Need.REQUIRED, "", "With `postgres`: the role that writes; it needs `CREATE` on the database."),
    /// Its password.
    DESTINATION_PASSWORD("destination.password", Need.OPTIONAL, "none", "With `postgres`: best `${env:NAME}` or `${file:PATH}`."),
    /// How much TLS is asked for on the way to the destination.
    DESTINATION_SSLMODE("destination.sslmode", Need.OPTIONAL, "verify-ca", "With `postgres`: as `source.sslmode`. The default is `prefer` where the "
            + "host is this machine and nothing else here asks for TLS."),
    /// The authorities that are believed about the destination.
    DESTINATION_SSLROOTCERT("destination.sslrootcert", Need.OPTIONAL, "none", "With `postgres`: as `source.sslrootcert`."),
    /// Certificates of the destination that were approved.
    DESTINATION_TRUSTED_CERTIFICATES("destination.trusted_certificates", Need.OPTIONAL, "none", "With `postgres`: as `source.trusted_certificates`."),
    /// Where this machine keeps its own things of a destination that is elsewhere.
    DESTINATION_WORK_FOLDER("destination.work_folder", Need.OPTIONAL, "millrace-work", "With `postgres` and `iceberg`: folder for what only this "
            + "machine needs: large transactions on their way, keys that `TELEPORT` compares, files of a lake that lie elsewhere. Relative to the settings file."),
    /// Where a lake's tables lie.
    DESTINATION_WAREHOUSE("destination.warehouse", Need.REQUIRED, "", "With `iceberg`: the folder that the tables lie in, or an address such as "
            + "`s3://bucket/path`. A folder is relative to the settings file."),
    /// What knows a lake's tables.
    DESTINATION_CATALOG("destination.catalog", Need.OPTIONAL, "embedded", "With `iceberg`: what knows the tables: `embedded`, a file in the warehouse's "
            + "folder that needs no server; `jdbc`, a PostgreSQL database; `rest`; or `glue`."),
    /// Where the catalogue is.
    DESTINATION_CATALOG_URI("destination.catalog_uri", Need.REQUIRED, "", "With `jdbc` and `rest` catalogues: where it is: `jdbc:postgresql://host/database`, "
            + "`https://host/path`."),
    /// What Iceberg is told besides.
    DESTINATION_PROPERTIES("destination.properties", Need.OPTIONAL, "none", "With `iceberg`: properties of the catalogue and the storage in Iceberg's own words, "
            + "`name=value` each: `s3.endpoint=...`, `jdbc.user=...`, `credential=...`. Secrets best as `${env:NAME}` or `${file:PATH}`."),
    /// Iceberg's format.
    DESTINATION_FORMAT_VERSION("destination.format_version", Need.OPTIONAL, "2", "With `iceberg`: `2`, which every engine reads; or `3`, where deleted rows are "
            + "told by vectors. For tables that are made from now on."),
    /// How large files of a lake shall be.
    DESTINATION_TARGET_FILE_BYTES("destination.target_file_bytes", Need.OPTIONAL, "256MB", "With `iceberg`: how large data files shall be. 1MB to 2GB."),
    /// Whether files of a lake are put together.
    DESTINATION_COMPACTION("destination.compaction", Need.OPTIONAL, "true", "With `iceberg`: whether small files, and files with many deleted rows, are written "
            + "anew between batches, within bounds."),
    /// How many snapshots stay.
    DESTINATION_KEEP_SNAPSHOTS("destination.keep_snapshots", Need.OPTIONAL, "100", "With `iceberg`: how many snapshots of a table stay, however old they are; "
            + "`0` removes none. 0 to 100000."),
    /// How long snapshots stay.
    DESTINATION_KEEP_SNAPSHOTS_FOR("destination.keep_snapshots_for", Need.OPTIONAL, "5d", "With `iceberg`: how long a snapshot stays at the least. 0s to 365d."),
    /// What destination schemas begin with.
    SCHEMA_PREFIX("schema_prefix", Need.REQUIRED, "", "Source schema `public` lands in `PREFIX_public`. Lower-case letters, digits "
            + "and `_`, not beginning with a digit, at most 40. Never change it once something is copied."),
    /// How the destination's names are made.
    DESTINATION_SCHEMA_NAMES("destination_schema_names", Need.OPTIONAL, "SOURCE_NAMING", "How schemas, tables and columns are called: "
            + "`SOURCE_NAMING` keeps the names of the source, `FIVETRAN_NAMING` makes lower-case snake_case of them, by the reference "
            + "product's rules. A name that is taken gets a number. Cannot be changed once something is copied."),
    /// What becomes of rows that change or vanish.
    SYNC_MODE("sync_mode", Need.OPTIONAL, "SOFT_DELETE", "What becomes of rows that are deleted or changed at the source: `SOFT_DELETE` "
            + "marks a deleted row, `LIVE` deletes it, `HISTORY` keeps every version of a row. For tables whose own `sync_mode` in `schemas` "
            + "says nothing else."),
    /// What stands before the names of our own columns.
    SYSTEM_COLUMN_PREFIX("system_column_prefix", Need.OPTIONAL, "_millrace_", "What the names of the columns begin with that are added to "
            + "every table. `_fivetran_` gives the reference product's names. Lower-case letters, digits and `_`, beginning with `_`, at "
            + "most 40. Never change it once something is copied."),
    /// How often it is synced.
    SYNC_FREQUENCY("sync_frequency", Need.OPTIONAL, "5", "Minutes between runs under a scheduler (1 to 1440), or `continuous`: then "
            + "`millrace sync` goes on until it is stopped."),
    /// What happens to tables that the selection does not name.
    ENABLE_NEW_BY_DEFAULT("enable_new_by_default", Need.OPTIONAL, "true", "Whether schemas and tables that `schemas` does not name "
            + "are copied."),
    /// What happens to tables and columns that come later.
    SCHEMA_CHANGE_HANDLING("schema_change_handling", Need.OPTIONAL, "ALLOW_ALL", "What becomes of what comes to the source after the "
            + "first run and is not named in `schemas`: `ALLOW_ALL` copies it, `ALLOW_COLUMNS` copies new columns and no new tables, "
            + "`BLOCK_ALL` copies neither. A renamed table is a new table; under `BLOCK_ALL` a renamed column is a new column."),
    /// When a batch is cut by size.
    LIMITS_BATCH_BYTES("limits.batch_bytes", Need.OPTIONAL, "24MB", "A batch is cut at the next end of a transaction once it holds "
            + "this much; a larger transaction passes in pieces of this size. 64kB to 1GB."),
    /// When a batch is cut by age.
    LIMITS_BATCH_AGE("limits.batch_age", Need.OPTIONAL, "1s", "A smaller batch is cut once its first change has waited this long. "
            + "10ms to 10min."),
    /// How far the log is read ahead.
    LIMITS_QUEUED_BATCHES("limits.queued_batches", Need.OPTIONAL, "1", "Batches that are read ahead of the destination. 1 to 16."),
    /// How many sessions copy.
    LIMITS_COPY_SESSIONS("limits.copy_sessions", Need.OPTIONAL, "3", "Sessions at the source that copy tables at the same time. 1 to 32."),
    /// How large one range of a copy is.
    LIMITS_COPY_RANGE_BLOCKS("limits.copy_range_blocks", Need.OPTIONAL, "16384", "Blocks of 8 kB that one range of a copy has: what "
            + "each session repeats at most after a crash. For Iceberg, where a range becomes a file, 196608 unless set, and less where a table is too small for that. Before PostgreSQL 14, a quarter of the table if that is more. 16 to 1048576."),
    /// How often the source hears of us.
    LIMITS_STATUS_INTERVAL("limits.status_interval", Need.OPTIONAL, "10s", "How often the source is told how far we are, at the least. "
            + "Keep it well below `wal_sender_timeout`. 1s to 10min."),
    /// From which backlog on the log is read in bulk.
    LIMITS_BACKLOG_BYTES("limits.backlog_bytes", Need.OPTIONAL, "32MB", "A longer backlog of log is read in bulk, a shorter one streamed. "
            + "1MB to 1TB."),
    /// How much is read in bulk at once.
    LIMITS_PEEK_CHANGES("limits.peek_changes", Need.OPTIONAL, "200000", "Log messages that one bulk read asks for. 1000 to 5000000."),
    /// How long tables are left alone between two looks.
    LIMITS_SCAN_PAUSE("limits.scan_pause", Need.OPTIONAL, "10s", "With `XMIN` and `TELEPORT`, in a sync that goes on: how long tables are left "
            + "alone between two looks at them; three times as long as the look took, if that is more. 100ms to 1d.");

    /// Whether a setting has to be given.
    public enum Need {
        REQUIRED,
        OPTIONAL
    }

    private final String path;
    private final Need need;
    private final String fallback;
    private final String meaning;

    Setting(String path, Need need, String fallback, String meaning) {
        this.path = path;
        this.need = need;
        this.fallback = fallback;
        this.meaning = meaning;
    }

    /// Its name with its section: `source.host`.
    public String path() {
        return path;
    }

    /// The section that it stands in: `source`; empty at the top level.
    public String section() {
        int dot = path.indexOf('.');
        return dot < 0 ? "" : path.substring(0, dot);
    }

    /// Its name in its section: `host`.
    public String key() {
        return path.substring(path.indexOf('.') + 1);
    }

    /// Whether it has to be given.
    public Need need() {
        return need;
    }

    /// The value that it has when it is not given, as a user would write it; `none` where there is none, empty if it is required.
    public String fallback() {
        return fallback;
    }

    /// What it means and may be, in Markdown; a row of the reference.
    public String meaning() {
        return meaning;
    }

    /// Whether it may be a list.
    boolean isList() {
        return this == SOURCE_TRUSTED_HOST_KEYS || this == SOURCE_TRUSTED_CERTIFICATES || this == DESTINATION_TRUSTED_CERTIFICATES
                || this == DESTINATION_PROPERTIES;
    }

    /// The names in a section.
    static List<String> keysOf(String section) {
        return Arrays.stream(values()).filter(setting -> setting.section().equals(section)).map(Setting::key).toList();
    }

    /// The setting with this place, if there is one.
    static Optional<Setting> find(String section, String key) {
        return Arrays.stream(values())
                .filter(setting -> setting.section().equals(section) && setting.key().equals(key))
                .findFirst();
    }
}
