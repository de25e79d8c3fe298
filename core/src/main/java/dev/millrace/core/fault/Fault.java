package dev.millrace.core.fault;

import dev.millrace.core.position.LogSpan;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Something that went wrong outside Millrace, in the three parts that a person needs: what is so, what follows, what to do.
///
/// The message holds the first two; neither it nor the remedy ever holds a secret or a cell's value. The driver's exception is the
/// cause, never pasted into the text.
public final class Fault extends RuntimeException {

    private final FaultKind kind;
    private final String subject;
    private final String remedy;
    private final transient @Nullable LogSpan span;

    /// Makes a fault.
    ///
    /// @param kind decides whether it is tried again
    /// @param subject the table, slot, column, host or setting that it is about
    /// @param message what is so and what follows, in full sentences
    /// @param remedy what a person can do, with the SQL to run where there is one
    public Fault(FaultKind kind, String subject, String message, String remedy) {
        this(kind, subject, message, remedy, null);
    }

    /// Makes a fault with the exception that told of it.
    public Fault(FaultKind kind, String subject, String message, String remedy, @Nullable Throwable cause) {
        this(kind, subject, message, remedy, cause, null);
    }

    private Fault(FaultKind kind, String subject, String message, String remedy, @Nullable Throwable cause, @Nullable LogSpan span) {
        super(message, cause);
        this.kind = kind;
        this.subject = subject;
        this.remedy = remedy;
        this.span = span;
    }

    /// This fault, which was met while a part of the log was read or written; itself if it says so already.
    public Fault within(LogSpan part) {
        String message = "%s It was met in the log %s.".formatted(description(), part);
        return span == null ? new Fault(kind, subject, message, remedy, this, part) : this;
    }

    /// The part of the log that was being read or written; empty if it has nothing to do with the log.
    public Optional<LogSpan> span() {
        return Optional.ofNullable(span);
    }

    /// The kind.
    public FaultKind kind() {
        return kind;
    }

    /// What it is about.
    public String subject() {
        return subject;
    }

    /// What a person can do.
    public String remedy() {
        return remedy;
    }

    /// What is so and what follows.
    public String description() {
        return String.valueOf(getMessage());
    }
}
