package dev.millrace.destination.postgres.type;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Which types the destination's server has: those of PostgreSQL itself, which have the same object ids everywhere, and those of extensions.
public final class ServerTypes {

    private static final int FIRST_USER_OID = 16_384;
    private static final String FEATURE_NOT_SUPPORTED = "0A000";

    private static final String SQL =
            """
            SELECT t.oid, t.typname, e.extname, format_type(t.oid, NULL), t.typreceive <> 0
            FROM pg_catalog.pg_type t
            LEFT JOIN pg_catalog.pg_depend d
                ON d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e' AND t.oid >= %1$d
            LEFT JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
            WHERE t.oid < %1$d AND t.typnamespace = 'pg_catalog'::regnamespace OR e.extname IS NOT NULL"""
                    .formatted(FIRST_USER_OID);

    private final int version;
    private final Map<Integer, String> builtIn;
    private final Map<String, OfExtension> ofExtensions;
    private final boolean xml;

    private ServerTypes(int version, Map<Integer, String> builtIn, Map<String, OfExtension> ofExtensions, boolean xml) {
        this.version = version;
        this.builtIn = builtIn;
        this.ofExtensions = ofExtensions;
        this.xml = xml;
    }

    /// A type of an extension that is installed.
    ///
    /// @param type as it is written here
    /// @param binary whether it can be sent in binary
    public record OfExtension(int oid, TargetType type, boolean binary) {}

    /// Asks a server.
    public static ServerTypes read(Connection session) throws SQLException {
        Map<Integer, String> builtIn = new HashMap<>();
        Map<String, OfExtension> ofExtensions = new HashMap<>();
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(SQL)) {
            while (row.next()) {
                int oid = (int) row.getLong(1);
                String extension = row.getString(3);
                if (extension == null) {
                    builtIn.put(oid, row.getString(2));
                } else {
                    ofExtensions.put(
                            extension + "/" + row.getString(2),
                            new OfExtension(oid, new TargetType(row.getString(4)), row.getBoolean(5)));
                }
            }
        }
        return new ServerTypes(session.getMetaData().getDatabaseMajorVersion(), builtIn, ofExtensions, hasXml(session));
    }

    /// A server that was built without libxml has the type and none of its functions.
    private static boolean hasXml(Connection session) throws SQLException {
        try (Statement statement = session.createStatement()) {
            return statement.execute("SELECT '<a/>'::pg_catalog.xml");
        } catch (SQLException e) {
            if (FEATURE_NOT_SUPPORTED.equals(e.getSQLState())) {
                return false;
            }
            throw e;
        }
    }

    /// The server's major version.
    public int version() {
        return version;
    }

    /// The name of a built-in type; empty if this version has none of that id.
    public Optional<String> builtIn(int oid) {
        return Optional.ofNullable(builtIn.get(oid));
    }

    /// A type of an extension, by the name that [dev.millrace.core.shape.SourceType#name] has for it; empty if it is not installed.
    public Optional<OfExtension> ofExtension(String name) {
        return Optional.ofNullable(ofExtensions.get(name));
    }

    /// Whether values of `xml` can be written.
    public boolean hasXml() {
        return xml;
    }

    /// Whether a number can be infinite here.
    public boolean hasInfiniteNumbers() {
        return version >= 14;
    }

    /// Whether an interval can be infinite here.
    public boolean hasInfiniteIntervals() {
        return version >= 17;
    }
}
