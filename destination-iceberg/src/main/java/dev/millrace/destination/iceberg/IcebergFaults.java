package dev.millrace.destination.iceberg;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NotAuthorizedException;
import org.apache.iceberg.exceptions.NotFoundException;

/// Turns what catalogues and storages say into faults.
///
/// Classes tell more than words do; only where a storage's library is not on the class path, or the operating system speaks, it goes by words.
final class IcebergFaults {

    private IcebergFaults() {}

    /// The fault behind an exception; one that is a fault already is itself.
    ///
    /// @param subject the table or location that it is about
    static Fault of(Throwable e, String subject) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof Fault fault) {
                return fault;
            }
            if (isFull(cause)) {
                return new Fault(
                        FaultKind.DESTINATION_FULL,
                        subject,
                        "There is no room for more of %s; nothing of the last step was kept.".formatted(subject),
                        "Make room where the warehouse lies, or raise its quota, and start the run again: it continues at the last commit.",
                        e);
            }
            if (isRefusal(cause)) {
                return new Fault(
                        FaultKind.DESTINATION_UNUSABLE,
                        subject,
                        "The catalogue or the storage does not let us read or write %s; nothing of the last step was kept.".formatted(subject),
                        "Renew the credentials if they have expired, and let them list, read, write and delete below the warehouse; then start the"
                                + " run again: it continues at the last commit.",
                        e);
            }
            if (cause instanceof NotFoundException || cause instanceof NoSuchTableException || cause instanceof NoSuchFileException) {
                return new Fault(
                        FaultKind.DESTINATION_ALTERED,
                        subject,
                        "A file or a table of %s is gone, though nobody but this connection writes there.".formatted(subject),
                        "Run `millrace resync` for the table. If a clean-up of orphan files runs there, let it leave files alone that are younger than"
                                + " a few days.",
                        e);
            }
        }
        return new Fault(
                FaultKind.DESTINATION_UNUSABLE,
                subject,
                "The catalogue or the storage of %s did not do what was asked of it; nothing of the last step was kept.".formatted(subject),
                "Check that both can be reached from here, and start the run again: it continues at the last commit.",
                e);
    }

    /// Whether an exception comes from a catalogue or a storage, and not from what is done with its answers.
    static boolean isOfStorage(Throwable e) {
        String name = e.getClass().getName();
        return name.startsWith("org.apache.iceberg.") || name.startsWith("software.amazon.awssdk.") || e instanceof StorageFailure;
    }

    private static boolean isFull(Throwable e) {
        String text = String.valueOf(e.getMessage());
        return e instanceof IOException
                && (text.contains("No space left on device") || text.contains("Disk quota exceeded") || text.contains("File too large"))
                || text.contains("[SQLITE_FULL]");
    }

    private static boolean isRefusal(Throwable e) {
        if (e instanceof ForbiddenException || e instanceof NotAuthorizedException || e instanceof AccessDeniedException) {
            return true;
        }
        String text = String.valueOf(e.getMessage());
        if (e instanceof FileSystemException && text.contains("Read-only file system") || text.contains("[SQLITE_READONLY")) {
            return true;
        }
        // The storage's own exception, whose class need not be there.
        String words = text.toLowerCase(Locale.ROOT);
        boolean isOfStorage = e.getClass().getName().startsWith("software.amazon.awssdk.");
        return isOfStorage
                && (words.contains("status code: 403")
                        || words.contains("status code: 401")
                        || words.contains("expired")
                        || words.contains("unable to load credentials"));
    }

    static Fault held(String subject) {
        return new Fault(
                FaultKind.DESTINATION_HELD,
                subject,
                "Another run has taken %s over, so this one has written nothing more.".formatted(subject),
                "Let one run at a time write for a connection: stop this one, or the other, and start it again.");
    }

    static Fault altered(String table, String what) {
        return new Fault(
                FaultKind.DESTINATION_ALTERED,
                table,
                "%s; nothing of the batch was written.".formatted(what),
                "Run `millrace resync` for %s, and let nobody else write rows to it. Compaction by others is no harm.".formatted(table));
    }
}
