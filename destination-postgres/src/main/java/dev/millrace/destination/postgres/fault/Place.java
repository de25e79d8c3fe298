package dev.millrace.destination.postgres.fault;

import dev.millrace.core.shape.TableName;

/// Which database is written to, for what is said to people.
///
/// @param name what a person calls it
/// @param database the database's own name
/// @param user who writes
public record Place(String name, String database, String user) {

    /// The statement that lets the user do what takes rights on the database.
    public String grant() {
        return "GRANT CONNECT, CREATE, TEMPORARY ON DATABASE %s TO %s;".formatted(TableName.quote(database), TableName.quote(user));
    }
}
