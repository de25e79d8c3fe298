package dev.millrace.core.destination;

/// Which PostgreSQL cluster and database a copy is made from.
///
/// @param systemIdentifier `system_identifier` of `pg_control_system()` or `IDENTIFY_SYSTEM`, which a restore elsewhere changes
/// @param database the database's name
public record SourceIdentity(String systemIdentifier, String database) {}
