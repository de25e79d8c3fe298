package dev.millrace.source;

/// Where a server runs, which decides who may alter its settings and how. Tables and log are read in the same way everywhere.
public enum Hosting {
    OWN,
    AURORA,
    RDS,
    GOOGLE,
    AZURE,
    HEROKU;

    /// How a setting of the server is altered, to be pasted: SQL, or a command of the provider's own tool, each with what has to be done besides.
    ///
    /// @param name the setting's own name
    /// @param value as `postgresql.conf` would have it
    /// @param restart whether it is heeded from the next start on only
    public String setting(String name, String value, boolean restart) {
        return switch (this) {
            case OWN -> "ALTER SYSTEM SET %s = '%s';\n%s".formatted(
                    name, value, restart ? "-- then restart the server" : "SELECT pg_reload_conf();");
            case AURORA -> parameter(
                    "aws rds modify-db-cluster-parameter-group --db-cluster-parameter-group-name \"$PARAMETER_GROUP\"", name, value, restart);
            case RDS -> parameter("aws rds modify-db-parameter-group --db-parameter-group-name \"$PARAMETER_GROUP\"", name, value, restart);
            case GOOGLE -> "# the list replaces all flags of the instance: name those that it has already, too%s\ngcloud sql instances patch \"$INSTANCE\" --database-flags=%s=%s"
                    .formatted(
                            restart ? "; the instance is restarted" : "",
                            name.equals("wal_level") ? "cloudsql.logical_decoding" : name,
                            name.equals("wal_level") ? "on" : value);
            case AZURE -> "az postgres flexible-server parameter set --resource-group \"$RESOURCE_GROUP\" --server-name \"$SERVER\" --name %s --value %s%s"
                    .formatted(
                            name,
                            value,
                            restart
                                    ? "\naz postgres flexible-server restart --resource-group \"$RESOURCE_GROUP\" --name \"$SERVER\""
                                    : "");
            case HEROKU -> "Heroku lets nobody alter %s. Where that matters, set `update_method` to XMIN or TELEPORT.".formatted(name);
        };
    }

    private static String parameter(String command, String name, String value, boolean restart) {
        boolean isLevel = name.equals("wal_level");
        return "%s --parameters \"ParameterName=%s,ParameterValue=%s,ApplyMethod=%s\"%s".formatted(
                command,
                isLevel ? "rds.logical_replication" : name,
                isLevel ? "1" : value,
                restart ? "pending-reboot" : "immediate",
                restart ? "\naws rds reboot-db-instance --db-instance-identifier \"$INSTANCE\"" : "");
    }

    /// Whether Amazon runs it.
    public boolean isAmazon() {
        return this == AURORA || this == RDS;
    }
}
