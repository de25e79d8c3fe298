package dev.millrace.core.check;

/// The questions that are asked of a source, and last of the destination, before the first run, in the order in which they are asked.
///
/// Up to [#XMIN_EXTENSIONS] they are those of the reference product, under the titles of its API; the others go beyond it.
public enum SetupTest {
    /// The tunnel host, and the database through it.
    SSH_TUNNEL("SSH Tunnel Connection"),
    /// The host's name resolves, and something answers at the port.
    HOST("Host Connection"),
    /// The certificate that the server presents is one that is trusted.
    CERTIFICATE("Validate Certificate"),
    /// The login is accepted, and the server is one that can be read.
    DATABASE("Database Connection"),
    /// The replication slot is there and fit to be read.
    SLOT("WAL Replication Slot"),
    /// The server's settings bear what is asked of them.
    CONFIGURATION("Configuration Values"),
    /// The publication is there and holds what shall be followed.
    PUBLICATION("Publication"),
    /// How fast rows arrive.
    SPEED("Validate Speed"),
    /// Looks may leave out pages without new rows.
    XMIN_EXTENSIONS("XMIN Extensions"),
    /// The user may read the tables and columns that shall be copied.
    READABLE("Readable Tables"),
    /// No policy hides rows from the user.
    ROW_SECURITY("Row-Level Security"),
    /// The database's texts can be read.
    ENCODING("Encoding"),
    /// No transaction is so old that it holds back the log, or the rows that vacuum could remove.
    OPEN_TRANSACTIONS("Open Transactions"),
    /// The copy can be written where it is kept; asked of the destination, all else of the source.
    DESTINATION("Destination");

    private final String title;

    SetupTest(String title) {
        this.title = title;
    }

    /// What it is called where people read it.
    public String title() {
        return title;
    }
}
