package dev.millrace.server.state;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// Brings the tables of a state to what this version needs: numbered scripts, each in a transaction with its number.
final class Migrations {

    /// The number of the last script. Each has a part for both databases, and one for each where they differ.
    private static final int LATEST = 4;

    private static final Pattern END_OF_STATEMENT = Pattern.compile(";\\s*(?:\\R|$)");

    private Migrations() {}

    static void apply(Jdbi jdbi, StateAddress address) {
        jdbi.useTransaction(handle -> {
            lock(handle, address);
            handle.execute("CREATE TABLE IF NOT EXISTS millrace_schema (version INTEGER PRIMARY KEY)");
            int version = handle.createQuery("SELECT coalesce(max(version), 0) FROM millrace_schema").mapTo(Integer.class).one();
            if (version > LATEST) {
                throw new Fault(
                        FaultKind.STATE_UNUSABLE,
                        address.toString(),
                        "The state in %s was made by a later version of Millrace (its tables have number %d, this version knows %d), so it is left alone."
                                .formatted(address, version, LATEST),
                        "Use that version, or a backup from before it.");
            }
            for (int number = version + 1; number <= LATEST; number++) {
                run(handle, script(number + ".sql").orElseThrow());
                script(number + (address instanceof StateAddress.InFile ? ".sqlite.sql" : ".postgresql.sql")).ifPresent(own -> run(handle, own));
                handle.execute("INSERT INTO millrace_schema VALUES (?)", number);
            }
        });
    }

    /// Two servers that start at once: one waits for the other. SQLite's transactions do so by themselves.
    private static void lock(Handle handle, StateAddress address) {
        if (address instanceof StateAddress.AtServer) {
            handle.createQuery("SELECT pg_advisory_xact_lock(7277617663)").mapTo(String.class).list();
        }
    }

    private static void run(Handle handle, String script) {
        statements(script).forEach(handle::execute);
    }

    private static List<String> statements(String script) {
        return Arrays.stream(END_OF_STATEMENT.split(script)).map(String::strip).filter(statement -> !statement.isEmpty()).toList();
    }

    private static Optional<String> script(String name) {
        try (InputStream script = Migrations.class.getResourceAsStream(name)) {
            return script == null ? Optional.empty() : Optional.of(new String(script.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
