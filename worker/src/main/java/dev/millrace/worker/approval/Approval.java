package dev.millrace.worker.approval;

import dev.millrace.core.check.Approvable;
import java.time.Instant;

/// Something that a person has approved.
///
/// @param kind what it is
/// @param fingerprint its SHA-256, as [Approvable#fingerprint] has it
/// @param name what it was called, for people
/// @param approved when
public record Approval(Approvable.Kind kind, String fingerprint, String name, Instant approved) {}
