package dev.millrace.benchmarks.workload;

/// How many changes of which kind each transaction makes: 70 % updates, 20 % inserts, 10 % deletes, spread evenly.
///
/// @param changes how many rows are changed in all
/// @param transactions in how many transactions
public record ChangeMix(long changes, long transactions) {

    private static final int UPDATES_PERCENT = 70;
    private static final int INSERTS_PERCENT = 20;

    /// Refuses a mix with fewer changes than transactions.
    public ChangeMix {
        if (transactions < 1 || changes < transactions) {
            throw new IllegalArgumentException("%d changes cannot be made in %d transactions".formatted(changes, transactions));
        }
    }

    /// About 35 changes a transaction.
    public static ChangeMix of(long changes) {
        return new ChangeMix(changes, Math.max(1, changes / 35));
    }

    /// How many rows are updated; a row can be updated several times, but once a transaction.
    public long updates() {
        return changes * UPDATES_PERCENT / 100;
    }

    /// How many rows are inserted.
    public long inserts() {
        return changes * INSERTS_PERCENT / 100;
    }

    /// How many rows are deleted; all that is neither an update nor an insert.
    public long deletes() {
        return changes - updates() - inserts();
    }
}
