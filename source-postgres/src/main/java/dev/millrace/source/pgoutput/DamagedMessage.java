package dev.millrace.source.pgoutput;

/// A log message is not as pgoutput writes it. Says what was found, never what the message holds.
public final class DamagedMessage extends IllegalStateException {

    private final int field;

    /// A finding that concerns no field of a row.
    public DamagedMessage(String finding) {
        this(finding, -1);
    }

    /// A finding about a field of a row, counted from 0.
    public DamagedMessage(String finding, int field) {
        super(finding);
        this.field = field;
    }

    /// The field that is concerned, counted from 0 as the log has them; -1 for none.
    public int field() {
        return field;
    }
}
