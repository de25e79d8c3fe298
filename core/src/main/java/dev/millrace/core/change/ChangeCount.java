package dev.millrace.core.change;

/// How many changes of each kind there are.
///
/// @param inserts rows that came
/// @param updates rows that changed
/// @param deletes rows that went
/// @param truncates how often all of them went
public record ChangeCount(long inserts, long updates, long deletes, long truncates) {

    /// None.
    public static final ChangeCount NONE = new ChangeCount(0, 0, 0, 0);

    /// These and others.
    public ChangeCount plus(ChangeCount others) {
        return new ChangeCount(inserts + others.inserts, updates + others.updates, deletes + others.deletes, truncates + others.truncates);
    }

    /// All of them.
    public long all() {
        return inserts + updates + deletes + truncates;
    }
}
