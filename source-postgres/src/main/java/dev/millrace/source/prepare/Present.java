package dev.millrace.source.prepare;

import dev.millrace.core.shape.TableName;
import dev.millrace.source.frozen.VisibilitySetup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What is there already at a source.
///
/// @param isKnown whether anybody has looked; if not, nothing is there but what the settings name
/// @param server what the server is
/// @param role the user, if there is one
/// @param schemas everybody's schemas
/// @param tables everybody's tables
/// @param publication the publication of the settings, if it is there
/// @param slot the slot of the settings, if it is there
/// @param visibility what shows visibility maps
record Present(
        boolean isKnown,
        Server server,
        Optional<Role> role,
        List<Schema> schemas,
        List<Table> tables,
        Optional<Publication> publication,
        Optional<Slot> slot,
        Visibility visibility) {

    private static final int NEWEST = 18;

    /// The server.
    ///
    /// @param version the major version
    /// @param isStandby whether it follows a primary
    /// @param isLogical whether its log says what is done to rows
    /// @param hasRdsRole whether the right to replicate is had by a role, as on Aurora and RDS
    /// @param hasIamRole whether there is a role whose members are let in by a token of AWS
    /// @param admin the administrator; empty if the user itself has looked, or nobody
    record Server(int version, boolean isStandby, boolean isLogical, boolean hasRdsRole, boolean hasIamRole, Optional<Admin> admin) {}

    /// The administrator.
    ///
    /// @param name who
    /// @param isSuperuser one of PostgreSQL, or what the provider has in place of one
    /// @param isReal one of PostgreSQL
    record Admin(String name, boolean isSuperuser, boolean isReal) {}

    /// The user.
    ///
    /// @param takesPassword whether the settings' password lets it in, or it needs none
    /// @param takesTokens whether it is let in by a token of AWS
    /// @param isSuperuser whether no right has to be granted to it
    /// @param owns whether it owns something in this database
    /// @param isElsewhere whether it has something in other databases
    /// @param hasRights whether anything was granted to it in this database
    /// @param isMarked whether prepare has made it
    /// @param hasMembers whether other roles act as it, besides the administrator
    record Role(
            boolean takesPassword,
            boolean mayLogin,
            boolean mayReplicate,
            boolean takesTokens,
            boolean mayConnect,
            boolean isSuperuser,
            boolean owns,
            boolean isElsewhere,
            boolean hasRights,
            boolean isMarked,
            boolean hasMembers) {

        Role takingPassword(boolean takes) {
            return new Role(takes, mayLogin, mayReplicate, takesTokens, mayConnect, isSuperuser, owns, isElsewhere, hasRights, isMarked, hasMembers);
        }
    }

    /// A schema.
    ///
    /// @param mayUse whether the user may use it
    /// @param granting whose tables to come the user may read in it
    record Schema(String name, boolean mayUse, Set<String> granting) {}

    /// A table.
    ///
    /// @param isPartitioned whether its rows lie in partitions
    /// @param isPartition whether it is one
    /// @param mayBePublished whether its rows are in the log
    /// @param owner who made it, and
    /// @param mayActAsOwner whether the administrator may act as that one
    /// @param hasIdentity whether the log says which row an update is about
    /// @param columns all of its columns
    /// @param key those that identify a row
    /// @param mayReadAll whether the user may read all of it
    /// @param readable columns that the user may read, the system's among them
    record Table(
            TableName name,
            boolean isPartitioned,
            boolean isPartition,
            boolean mayBePublished,
            String owner,
            boolean mayActAsOwner,
            boolean hasIdentity,
            List<String> columns,
            List<String> key,
            boolean mayReadAll,
            Set<String> readable) {}

    /// A publication.
    ///
    /// @param isOfAllTables whether it holds every table, those to come included
    /// @param showsRoots whether a partitioned table is one table to it
    /// @param tables those that it names
    /// @param owner whose it is
    /// @param isAdministrators whether that is a superuser, or the administrator
    /// @param otherReaders slots that are being read besides the one of the settings, and may be by this publication
    record Publication(
            boolean isOfAllTables, boolean showsRoots, Set<TableName> tables, String owner, boolean isAdministrators, List<String> otherReaders) {}

    /// A slot.
    ///
    /// @param isActive whether somebody reads it
    /// @param isOurs whether it is one of this database and of our plugin
    record Slot(boolean isActive, boolean isOurs) {}

    /// What shows visibility maps.
    ///
    /// @param isAvailable whether the extension could be made
    /// @param extension the schema that the extension is in, if it is there
    /// @param hasSchema whether there is a schema `millrace`
    /// @param functions those of our functions that are in it
    /// @param isAlone whether nothing else is in it
    /// @param mayUse whether the user may use the schema
    /// @param executable those of them that the user may call
    /// @param othersMayExecute whether anybody may call one but the user and its owner
    record Visibility(
            boolean isAvailable,
            Optional<String> extension,
            boolean hasSchema,
            Set<VisibilitySetup.Function> functions,
            boolean isAlone,
            boolean mayUse,
            Set<VisibilitySetup.Function> executable,
            boolean othersMayExecute) {}

    /// What has to be supposed if nobody could look: a server of today, and whatever the settings name.
    static Present unknown(PrepareSettings settings) {
        Set<String> schemas = new TreeSet<>();
        List<Table> tables = new ArrayList<>();
        settings.selection().named().stream().sorted().filter(settings.selection()::includes).forEach(name -> {
            schemas.add(name.schema());
            tables.add(new Table(name, false, false, true, "", true, true, List.of(), List.of(), false, Set.of()));
        });
        if (settings.selection().includesUnnamed("public")) {
            schemas.add("public");
        }
        return new Present(
                false,
                new Server(NEWEST, false, true, settings.hosting().isAmazon(), settings.hosting().isAmazon(), Optional.empty()),
                Optional.empty(),
                schemas.stream().map(name -> new Schema(name, false, Set.of())).toList(),
                tables,
                Optional.empty(),
                Optional.empty(),
                new Visibility(true, Optional.empty(), false, Set.of(), true, false, Set.of(), false));
    }
}
