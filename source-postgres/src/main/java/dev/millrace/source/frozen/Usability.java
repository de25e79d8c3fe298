package dev.millrace.source.frozen;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whether the frozen-page filter can be used with a server by this user.
final class Usability {

    private static final int PG_14 = 14;
    private static final int PG_17 = 17;
    private static final int LAST_LOOKED_INTO = 18;

    private final int majorVersion;
    private final @Nullable VisibilityMap map;
    private final FrozenPages.@Nullable Off whyOff;

    private Usability(int majorVersion, @Nullable VisibilityMap map, FrozenPages.@Nullable Off whyOff) {
        this.majorVersion = majorVersion;
        this.map = map;
        this.whyOff = whyOff;
    }

    /// Asks the server.
    static Usability of(Connection session) throws SQLException {
        int majorVersion;
        String user;
        FrozenPages.Off why;
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(FrozenSql.SERVER)) {
            row.next();
            majorVersion = row.getInt("major");
            user = row.getString("me");
            why = whyNotHere(majorVersion, row.getBoolean("standby"), row.getInt("threshold") >= 0);
        }
        if (why != null) {
            return new Usability(majorVersion, null, why);
        }
        List<String> forbidden = new ArrayList<>();
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(FrozenSql.FUNCTIONS)) {
            while (row.next()) {
                String name = row.getString("name");
                boolean wrapper = row.getBoolean("wrapper");
                if (row.getBoolean("may_call")) {
                    String schema = row.getString("schema");
                    boolean confirms = row.getBoolean("confirms");
                    return new Usability(
                            majorVersion,
                            wrapper ? VisibilityMap.ofWrapper(schema, name, confirms) : VisibilityMap.ofExtension(schema, name, confirms),
                            null);
                }
                if (wrapper) {
                    forbidden.add("GRANT USAGE ON SCHEMA %s TO %s; GRANT EXECUTE ON FUNCTION %s TO %2$s;"
                            .formatted(row.getString("schema"), user, name));
                }
            }
        }
        return new Usability(majorVersion, null, forbidden.isEmpty() ? noFunction(user) : noRight(forbidden.getFirst()));
    }

    private static FrozenPages.@Nullable Off whyNotHere(int majorVersion, boolean standby, boolean threshold) {
        if (majorVersion < PG_14) {
            return off("The source is PostgreSQL %d, which reads a whole table for a range of its pages; 14 and later do not."
                    .formatted(majorVersion));
        }
        if (majorVersion > LAST_LOOKED_INTO) {
            return off("The source is PostgreSQL %d. Whether its visibility map still keeps what the filter rests on was looked into up to %d."
                    .formatted(majorVersion, LAST_LOOKED_INTO));
        }
        if (standby) {
            return off("The source is a standby. A snapshot that is held there would keep the primary's changes from being applied, or be ended"
                    + " by them.");
        }
        if (threshold) {
            return off("The source has `old_snapshot_threshold` set, by which a vacuum may overtake a snapshot that is held. Set it to -1 to"
                    + " have the filter.");
        }
        return null;
    }

    private static FrozenPages.Off off(String why) {
        return new FrozenPages.Off(why, "");
    }

    private static FrozenPages.Off noFunction(String user) {
        return new FrozenPages.Off("The user may not see which pages of a table are all-visible.", VisibilitySetup.statements(user));
    }

    private static FrozenPages.Off noRight(String grant) {
        return new FrozenPages.Off("The user may not call the function that shows which pages of a table are all-visible.", grant);
    }

    /// How to see a visibility map; empty if the filter is off.
    Optional<VisibilityMap> map() {
        return Optional.ofNullable(map);
    }

    /// Why the filter is off; empty if it is on.
    Optional<FrozenPages.Off> whyOff() {
        return Optional.ofNullable(whyOff);
    }

    /// Whether the server can be told to end transactions that last.
    boolean hasTransactionTimeout() {
        return majorVersion >= PG_17;
    }
}
