package dev.millrace.destination.duckdb;

import dev.millrace.destination.duckdb.type.ColumnTypes;
import dev.millrace.destination.duckdb.type.DuckType;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Supplier;

/// Where the rows of a destination's tables are kept: in the DuckDB database itself, or elsewhere.
///
/// Whoever keeps them elsewhere uses the database as a workbench. It has every table, published or in its copy, under its name and with its
/// columns, but only those rows that a step has [taken][#take] onto it; whatever the step makes of them is written back when the step is committed.
/// So a step must take the rows that it reads or changes. Rows that it adds it need not take.
///
/// Called by the thread that has the session: [#load] by several threads at the same time as each other and as the owner's calls.
public interface RowStore {

    /// What stands before the name of a table that is copied out of sight, in the schema of the place that it will have.
    String COPY_PREFIX = DuckNames.SHADOW;

    /// Rows lie in the DuckDB database.
    RowStore IN_PLACE = new InPlace();

    /// What columns can hold.
    ColumnTypes types();

    /// Whether the database is as what is durable; if not, it is opened anew before anything else is done.
    boolean isSettled();

    /// Whether rows lie elsewhere than in the database, which is a workbench then and in memory.
    boolean isElsewhere();

    /// Is told that a step is going to change rows of a table, or to add some.
    void changing(TargetTable table);

    /// Brings what is remembered, and the tables without their rows, into a newly opened database that has the tables of the memory.
    void restore(DuckSession session);

    /// Does something in one transaction that is durable at its end: all of it, or nothing if it throws.
    <T> T inTransaction(DuckSession session, DuckSession.Work<T> work);

    /// Brings the rows of a table onto the workbench that some other rows are equal to in some columns.
    ///
    /// @param columns names of the table's, none of them null in any row
    /// @param wanted makes a temporary table with columns of these names, and gives its name; not asked where it is not needed
    void take(DuckSession session, TargetTable table, List<String> columns, Supplier<String> wanted);

    /// Brings all rows of a table onto the workbench.
    void takeAll(DuckSession session, TargetTable table);

    /// Brings all rows of a table onto the workbench if they have to be written anew for a column to have another type.
    void takeForType(DuckSession session, TargetTable table, String column, DuckType from, DuckType to);

    /// The SQL of a relation with all rows of a table, on the workbench or not.
    String all(DuckSession session, TargetTable table);

    /// Brings all rows of a table onto the workbench, and lets nothing be left of what they were before.
    void erase(DuckSession session, TargetTable table);

    /// Is told that a column has another name.
    void renamedColumn(DuckSession session, TargetTable table, String from, String to);

    /// Is told that a table was dropped for good.
    void dropped(DuckSession session, TargetTable table);

    /// Is told that a table has the place of another one, which was dropped or never was there.
    void renamed(DuckSession session, TargetTable table, String to);

    /// Writes rows of a copy and remembers them, in one transaction of its own.
    ///
    /// @param values by quoted name of the table's column, the SQL expression of its values over the columns of the rows
    /// @param remembering writes what is remembered with them
    void load(DuckSession session, TargetTable table, RowQuery rows, SequencedMap<String, String> values, Runnable remembering);

    /// Rows that lie in the database.
    final class InPlace implements RowStore {

        private InPlace() {}

        @Override
        public ColumnTypes types() {
            return ColumnTypes.OF_DUCKDB;
        }

        @Override
        public boolean isSettled() {
            return true;
        }

        @Override
        public boolean isElsewhere() {
            return false;
        }

        @Override
        public void changing(TargetTable table) {}

        @Override
        public void restore(DuckSession session) {}

        @Override
        public <T> T inTransaction(DuckSession session, DuckSession.Work<T> work) {
            return session.inTransaction(work);
        }

        @Override
        public void take(DuckSession session, TargetTable table, List<String> columns, Supplier<String> wanted) {}

        @Override
        public void takeAll(DuckSession session, TargetTable table) {}

        @Override
        public void takeForType(DuckSession session, TargetTable table, String column, DuckType from, DuckType to) {}

        @Override
        public String all(DuckSession session, TargetTable table) {
            return table.sql();
        }

        @Override
        public void erase(DuckSession session, TargetTable table) {}

        @Override
        public void renamedColumn(DuckSession session, TargetTable table, String from, String to) {}

        @Override
        public void dropped(DuckSession session, TargetTable table) {}

        @Override
        public void renamed(DuckSession session, TargetTable table, String to) {}

        @Override
        public void load(
                DuckSession session, TargetTable table, RowQuery rows, SequencedMap<String, String> values, Runnable remembering) {
            session.inTransaction(() -> {
                session.run(
                        rows.stream(),
                        "INSERT INTO %s (%s) SELECT %s FROM (%s)"
                                .formatted(
                                        table.sql(),
                                        String.join(", ", values.sequencedKeySet()),
                                        String.join(", ", values.sequencedValues()),
                                        rows.sql()));
                remembering.run();
                return true;
            });
        }
    }
}
