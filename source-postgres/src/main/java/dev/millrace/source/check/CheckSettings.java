package dev.millrace.source.check;

import dev.millrace.core.source.Selection;
import dev.millrace.source.Following;
import dev.millrace.source.Hosting;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/// What a source is asked with a view to.
///
/// @param following how its changes are to be followed
/// @param database the database's name
/// @param user who logs in
/// @param selection what the user wants copied
/// @param hosting where the server runs; decides what remedies say
/// @param statusInterval how often a sync tells the source how far it is
/// @param ownSyncRuns whether a sync of this very connection is at work now, as far as this machine can know
public record CheckSettings(
        Following following,
        String database,
        String user,
        Selection selection,
        Hosting hosting,
        Duration statusInterval,
        BooleanSupplier ownSyncRuns) {}
