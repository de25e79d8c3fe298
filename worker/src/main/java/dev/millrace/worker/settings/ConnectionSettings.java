package dev.millrace.worker.settings;

import dev.millrace.core.naming.Naming;
import dev.millrace.core.run.Limits;

/// Everything that a person decides about one connection: one source, one destination, one schedule.
///
/// Complete and checked: whoever holds one need not ask again whether a value is there or in range.
///
/// @param source what is copied
/// @param destination where it is kept
/// @param schemaPrefix what the destination's schemas begin with
/// @param naming the rules by which the destination's names are made
/// @param systemColumnPrefix what the names of our own columns begin with
/// @param frequency how often it is synced
/// @param selection which tables and columns, and in which mode
/// @param limits every limit of its runs
public record ConnectionSettings(
        SourceSettings source,
        DestinationSettings destination,
        String schemaPrefix,
        Naming naming,
        String systemColumnPrefix,
        SyncFrequency frequency,
        TableSelection selection,
        Limits limits) {}
