package dev.millrace.source.scan;

import dev.millrace.core.secret.Salt;
import dev.millrace.postgres.session.Sessions;
import java.util.Optional;

/// A source that is looked at, as its scans need it.
///
/// @param sessions opens sessions with the source; stays the caller's
/// @param questions asked by the scanning thread
/// @param count shared with the copies that scans take over from
/// @param keys the watch over keys, where rows that end are to be found; stays the caller's
/// @param salt with which columns are hashed
public record ScanSource(
        Sessions sessions, ScanSettings settings, ScanQuestions questions, ScanCount count, Optional<KeyWatch> keys, Salt salt) {}
