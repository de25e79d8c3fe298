package dev.millrace.source.prepare;

import dev.millrace.core.shape.TableName;
import dev.millrace.source.Following;
import dev.millrace.source.Hosting;
import dev.millrace.source.catalog.NearestTable;
import dev.millrace.source.frozen.VisibilitySetup;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a source still needs, in the order of the reference product's set-up guide.
final class Preparing {

    private static final int PG_13 = 13;
    private static final int PG_14 = 14;
    private static final int STANDBYS_DECODE = 16;
    private static final int LAST_WITH_FILTER = 18;

    private final PrepareSettings settings;
    private final Present present;
    private final String user;
    private final List<Preparation.Step> steps = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private Preparing(PrepareSettings settings, Present present) {
        this.settings = settings;
        this.present = present;
        this.user = TableName.quote(settings.user());
    }

    static Preparation of(PrepareSettings settings, Present present) {
        return new Preparing(settings, present).preparation();
    }

    private Preparation preparation() {
        if (present.server().isStandby()) {
            notes.add("The server is a standby. Everything but the slot is made at its primary.");
        }
        tellOfMissing();
        walLevel();
        role();
        if (present.role().filter(Present.Role::isSuperuser).isEmpty()) {
            schemas();
        }
        if (settings.following() instanceof Following.Log(String slot, String publication)) {
            publication(publication);
            slot(slot);
        } else {
            visibility();
        }
        return new Preparation(steps, notes);
    }

    private void walLevel() {
        if (settings.isLog() && !present.server().isLogical()) {
            step("Have the log say what is done to rows", new Act.ByHand(
                    settings.hosting() == Hosting.OWN
                            ? settings.hosting().setting("wal_level", "logical", true)
                            : "-- " + settings.hosting().setting("wal_level", "logical", true).replace("\n", "\n-- ")));
        }
    }

    private void role() {
        List<Act> acts = new ArrayList<>();
        if (present.role().isEmpty()) {
            acts.add(new Act.MakeUser(settings.user(), settings.hasPassword()));
            // So that undoing knows whose work the user is.
            acts.add(sql("COMMENT ON ROLE %s IS %s;", user, PrepareSql.literal(PrepareSql.MARK)));
        } else {
            boolean mayLogin = present.role().get().mayLogin();
            if (!mayLogin) {
                acts.add(sql("ALTER ROLE %s LOGIN;", user));
            }
            // Of a user who may not log in nobody can see whether its password is right.
            if (settings.hasPassword() && !(mayLogin && present.role().get().takesPassword())) {
                acts.add(new Act.SetPassword(settings.user()));
            }
        }
        if (settings.isLog() && present.role().filter(Present.Role::mayReplicate).isEmpty()) {
            acts.add(present.server().hasRdsRole()
                    ? sql("GRANT rds_replication TO %s;", user)
                    : sql("ALTER ROLE %s REPLICATION;", user));
        }
        if (settings.proof() == PrepareSettings.Proof.AWS_IAM
                && present.server().hasIamRole()
                && present.role().filter(role -> role.takesTokens() || role.isSuperuser()).isEmpty()) {
            acts.add(sql("GRANT rds_iam TO %s;", user));
        }
        if (present.role().filter(Present.Role::mayConnect).isEmpty()) {
            acts.add(sql("GRANT CONNECT ON DATABASE %s TO %s;", TableName.quote(settings.database()), user));
        }
        step("Make the user", acts);
    }

    private void schemas() {
        List<Act> grants = new ArrayList<>();
        List<Act> future = new ArrayList<>();
        for (Present.Schema schema : present.schemas()) {
            boolean isOpen = settings.selection().includesUnnamed(schema.name());
            List<Present.Table> tables = tables(schema.name()).filter(this::isWanted).toList();
            if (!isOpen && tables.isEmpty()) {
                continue;
            }
            if (!schema.mayUse()) {
                grants.add(sql("GRANT USAGE ON SCHEMA %s TO %s;", TableName.quote(schema.name()), user));
            }
            grants.addAll(select(schema, isOpen, tables));
            if (isOpen) {
                future.addAll(future(schema));
            }
        }
        step("Let it read", grants);
        step("Let it read tables to come", future);
    }

    private Stream<Present.Table> tables(String schema) {
        return present.tables().stream().filter(table -> table.name().schema().equals(schema));
    }

    /// Partitions are read with their root.
    private boolean isWanted(Present.Table table) {
        return !table.isPartition() && settings.selection().includes(table.name());
    }

    private List<Act> select(Present.Schema schema, boolean isOpen, List<Present.Table> wanted) {
        boolean isWhole = isOpen
                && tables(schema.name()).filter(table -> !table.isPartition()).count() == wanted.size()
                && wanted.stream().noneMatch(this::isRestricted);
        if (isWhole) {
            boolean isGranted = present.isKnown() && tables(schema.name()).allMatch(Present.Table::mayReadAll);
            return isGranted ? List.of() : List.of(sql("GRANT SELECT ON ALL TABLES IN SCHEMA %s TO %s;", TableName.quote(schema.name()), user));
        }
        if (isOpen && !present.isKnown()) {
            notes.add("Nobody could look at the tables of schema %s; grant SELECT on those of them that you want besides the ones that are named.".formatted(schema.name()));
        }
        return wanted.stream().flatMap(table -> select(table).stream()).toList();
    }

    private List<Act> select(Present.Table table) {
        if (table.mayReadAll()) {
            if (isRestricted(table)) {
                notes.add("The user may read all of %s, also the columns that are left out of the copy.".formatted(table.name()));
            }
            return List.of();
        }
        if (!isRestricted(table)) {
            return List.of(sql("GRANT SELECT ON %s TO %s;", table.name().quoted(), user));
        }
        if (table.columns().isEmpty()) {
            String grant = "GRANT SELECT (..., %s) ON %s TO %s;".formatted(system(table).collect(Collectors.joining(", ")), table.name().quoted(), user);
            // On one line, so that nothing of a name is a statement.
            return List.of(new Act.ByHand(
                    "-- name the columns that are left after those which the settings leave out:\n-- " + grant.replaceAll("\\R|\\p{Cntrl}", " ")));
        }
        List<String> columns = Stream.concat(
                        table.columns().stream().filter(column -> table.key().contains(column) || settings.selection().includes(table.name(), column)),
                        system(table))
                .filter(column -> !table.readable().contains(column))
                .toList();
        return columns.isEmpty()
                ? List.of()
                : List.of(sql(
                        "GRANT SELECT (%s) ON %s TO %s;",
                        columns.stream().map(TableName::quote).collect(Collectors.joining(", ")), table.name().quoted(), user));
    }

    /// Where a row lies, so that a copy can be cut in pieces; without the log also who wrote it.
    private Stream<String> system(Present.Table table) {
        return Stream.of(settings.isLog() ? "" : "xmin", "ctid", table.isPartitioned() ? "tableoid" : "").filter(name -> !name.isEmpty());
    }

    /// Whether columns of it are left out that do not identify its rows.
    private boolean isRestricted(Present.Table table) {
        List<String> columns = table.columns().isEmpty() ? List.copyOf(settings.selection().named(table.name())) : table.columns();
        return columns.stream().anyMatch(column -> !table.key().contains(column) && !settings.selection().includes(table.name(), column));
    }

    /// Tables to come are whoever's makes them; those who have made tables so far are supposed to make more.
    private List<Act> future(Present.Schema schema) {
        Set<String> owners = tables(schema.name()).filter(Present.Table::mayActAsOwner).map(Present.Table::owner).collect(Collectors.toCollection(TreeSet::new));
        Set<String> others = tables(schema.name()).filter(table -> !table.mayActAsOwner()).map(Present.Table::owner).collect(Collectors.toCollection(TreeSet::new));
        others.removeAll(schema.granting());
        if (present.server().admin().isPresent() && !others.isEmpty()) {
            notes.add("Tables that %s will make in schema %s the user may not read; that role itself would have to run: ALTER DEFAULT PRIVILEGES IN SCHEMA %s GRANT SELECT ON TABLES TO %s;"
                    .formatted(String.join(", ", others), schema.name(), TableName.quote(schema.name()), user));
        }
        if (present.server().admin().isEmpty()) {
            owners.addAll(others);
        }
        owners.remove("");
        String in = TableName.quote(schema.name());
        if (owners.isEmpty()) {
            boolean isGranted = present.server().admin().filter(admin -> schema.granting().contains(admin.name())).isPresent();
            boolean isOthers = !others.isEmpty() || present.isKnown() && !schema.granting().isEmpty();
            return isGranted || isOthers ? List.of() : List.of(sql("ALTER DEFAULT PRIVILEGES IN SCHEMA %s GRANT SELECT ON TABLES TO %s;", in, user));
        }
        return owners.stream()
                .filter(owner -> !schema.granting().contains(owner))
                .map(owner -> sql("ALTER DEFAULT PRIVILEGES FOR ROLE %s IN SCHEMA %s GRANT SELECT ON TABLES TO %s;", TableName.quote(owner), in, user))
                .toList();
    }

    private void publication(String name) {
        boolean mayShowRoots = present.server().version() >= PG_13;
        List<Present.Table> offered = present.tables().stream()
                .filter(table -> table.mayBePublished() && (mayShowRoots ? !table.isPartition() : !table.isPartitioned()))
                .toList();
        List<Present.Table> wanted = offered.stream().filter(table -> settings.selection().includes(table.name())).toList();
        List<TableName> nameless = wanted.stream().filter(table -> !table.hasIdentity()).map(Present.Table::name).toList();
        List<TableName> tables = wanted.stream().filter(Present.Table::hasIdentity).map(Present.Table::name).toList();
        if (present.publication().isEmpty()) {
            tellOf(nameless);
            if (!present.isKnown()) {
                notes.add("Nobody could look which tables have a primary key. Of one without, PostgreSQL refuses updates and deletes once it is published: give it a key or run ALTER TABLE ... REPLICA IDENTITY FULL; before, or name an administrator with --admin-user, so that such tables are found and left out.");
            }
            boolean isAll = wanted.size() == offered.size()
                    && nameless.isEmpty()
                    && present.schemas().stream().allMatch(schema -> settings.selection().includesUnnamed(schema.name()))
                    && present.server().admin().map(Present.Admin::isSuperuser).orElse(true)
                    && (present.isKnown() || settings.selection().includesUnnamed("public"));
            String of = isAll ? " FOR ALL TABLES" : tables.isEmpty() ? "" : " FOR TABLE " + quoted(tables);
            step("Make the publication", sql(
                    "CREATE PUBLICATION %s%s%s;", TableName.quote(name), of, mayShowRoots ? " WITH (publish_via_partition_root = true)" : ""));
            return;
        }
        Present.Publication there = present.publication().get();
        List<Act> acts = new ArrayList<>();
        if (there.isOfAllTables()) {
            tellOfRefused(nameless);
        } else {
            List<TableName> missing = tables.stream().filter(table -> !there.tables().contains(table)).toList();
            tellOf(nameless.stream().filter(table -> !there.tables().contains(table)).toList());
            if (!missing.isEmpty()) {
                acts.add(sql("ALTER PUBLICATION %s ADD TABLE %s;", TableName.quote(name), quoted(missing)));
            }
        }
        if (mayShowRoots && !there.showsRoots() && wanted.stream().anyMatch(Present.Table::isPartitioned)) {
            acts.add(sql("ALTER PUBLICATION %s SET (publish_via_partition_root = true);", TableName.quote(name)));
        }
        step("Have the publication hold what shall be followed", acts);
    }

    /// What the settings name and is not there is neither granted nor published, so its name had better be right.
    private void tellOfMissing() {
        List<TableName> there = present.tables().stream().map(Present.Table::name).toList();
        settings.selection().named().stream()
                .filter(table -> present.isKnown() && !there.contains(table))
                .sorted()
                .map(table -> "The settings name %s, and there is no table of that name that can be followed.%s".formatted(table, NearestTable.hint(table, there)))
                .forEach(notes::add);
    }

    private void tellOfRefused(List<TableName> nameless) {
        if (!nameless.isEmpty()) {
            notes.add("The publication holds all tables, so PostgreSQL refuses updates and deletes of those without a key: %s. Add a primary key, or run ALTER TABLE ... REPLICA IDENTITY FULL;"
                    .formatted(nameless.stream().map(TableName::toString).collect(Collectors.joining(", "))));
        }
    }

    private void tellOf(List<TableName> nameless) {
        if (!nameless.isEmpty()) {
            notes.add("Left out of the publication, since PostgreSQL would refuse their updates and deletes: %s. Add a primary key, or run ALTER TABLE ... REPLICA IDENTITY FULL; and prepare again."
                    .formatted(nameless.stream().map(TableName::toString).collect(Collectors.joining(", "))));
        }
    }

    private void slot(String name) {
        if (present.slot().isPresent()) {
            return;
        }
        Act make = sql("SELECT pg_create_logical_replication_slot(%s, 'pgoutput');", PrepareSql.literal(name));
        if (!present.server().isLogical()) {
            step("Make the slot, once the server was restarted", new Act.ByHand(make.shown()));
        } else if (present.server().isStandby() && present.server().version() < STANDBYS_DECODE) {
            notes.add("Standbys have logical slots from version 16 on; name the primary as `source.host`, or set `update_method` to XMIN or TELEPORT.");
        } else {
            step("Make the slot, after the publication; from now on the server keeps its log until it is read", make);
        }
    }

    private void visibility() {
        int version = present.server().version();
        if (present.server().isStandby() || version < PG_14 || version > LAST_WITH_FILTER) {
            return;
        }
        Present.Visibility there = present.visibility();
        if (!there.isAvailable()) {
            notes.add("The server does not offer the extension pg_visibility, so each look reads every page.");
            return;
        }
        boolean isSuperuser = present.role().filter(Present.Role::isSuperuser).isPresent();
        boolean hasPublic = present.schemas().stream().anyMatch(schema -> schema.name().equals("public")) || !present.isKnown();
        List<Act> acts = new ArrayList<>();
        if (!there.hasSchema() && !(isSuperuser && hasPublic)) {
            acts.add(new Act.Sql(VisibilitySetup.SCHEMA));
        }
        if (there.extension().isEmpty()) {
            acts.add(new Act.Sql(VisibilitySetup.extension(hasPublic ? "public" : "millrace")));
        }
        if (!isSuperuser) {
            if (!there.mayUse()) {
                acts.add(new Act.Sql(VisibilitySetup.usage(user)));
            }
            for (VisibilitySetup.Function function : VisibilitySetup.Function.values()) {
                boolean isThere = there.functions().contains(function);
                if (!isThere) {
                    acts.add(new Act.Sql(function.create(there.extension().orElse(hasPublic ? "public" : "millrace"))));
                    acts.add(new Act.Sql(function.close()));
                }
                if (!isThere || !there.executable().contains(function)) {
                    acts.add(new Act.Sql(function.grant(user)));
                }
            }
        }
        step("Let looks leave out pages on which nothing can be new", acts);
    }

    private void step(String title, Act act) {
        step(title, List.of(act));
    }

    private void step(String title, List<Act> acts) {
        if (!acts.isEmpty()) {
            steps.add(new Preparation.Step(title, acts));
        }
    }

    private static String quoted(List<TableName> tables) {
        return tables.stream().map(TableName::quoted).collect(Collectors.joining(", "));
    }

    private static Act sql(String text, Object... parts) {
        return new Act.Sql(text.formatted(parts));
    }
}
