package dev.millrace.server.platform;

import dev.millrace.core.destination.MetadataTable;
import dev.millrace.core.destination.MetadataTable.Column;
import dev.millrace.core.destination.MetadataTable.Row;
import dev.millrace.core.destination.MetadataTable.Type;
import dev.millrace.server.ControlPlane;
import dev.millrace.server.audit.AuditLog;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.destination.DestinationRecord;
import dev.millrace.server.member.Member;
import dev.millrace.server.run.RunLog;
import dev.millrace.server.usage.Usage;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The rows of the tables about connections, in the columns that the reference product's platform connector has.
///
/// Source of the columns: its table reference, and what the published models for it read.
///
/// @param plane that is told about
/// @param destination that the tables lie in
/// @param connections of it
record PlatformRows(ControlPlane plane, DestinationRecord destination, List<ConnectionRecord> connections) {

    private static final String ACCOUNT = "millrace";
    private static final int MONTHS = 12;

    /// What happened; rows that are there stay.
    MetadataTable log(List<RunLog.Event> events) {
        Map<String, ConnectionRecord> ours = connections.stream().collect(Collectors.toMap(ConnectionRecord::id, one -> one));
        return new MetadataTable(
                "log",
                columns("id TEXT, time_stamp MOMENT, connection_id TEXT, connector_id TEXT, event TEXT, message_event TEXT, message_data TEXT, sync_id TEXT, "
                        + "transformation_id TEXT, _fivetran_synced MOMENT"),
                events.stream()
                        .filter(event -> ours.containsKey(event.connectionId()))
                        .map(event -> row(
                                event.id(),
                                event.at(),
                                event.connectionId(),
                                event.connectionId(),
                                event.level().name(),
                                event.name(),
                                new NamesThere(Objects.requireNonNull(ours.get(event.connectionId()))).in(event.data()).toString(),
                                event.runId().orElse(null),
                                null,
                                now()))
                        .toList(),
                true);
    }

    MetadataTable connectionTable() {
        List<Row> rows = new ArrayList<>(connections.stream()
                .map(one -> row(
                        one.id(),
                        one.schemaPrefix(),
                        one.service(),
                        one.service(),
                        one.createdBy().orElse(null),
                        destination.id(),
                        one.paused(),
                        1L,
                        (long) one.schedule().minutes(),
                        one.created(),
                        false,
                        now()))
                .toList());
        plane.audit().all("connection", "delete").stream().filter(gone -> gone.detail().path("group_id").asString("").equals(destination.id())).map(PlatformRows::removed).forEach(rows::add);
        return new MetadataTable(
                "connection",
                columns("connection_id TEXT, connection_name TEXT, connector_type TEXT, connector_type_id TEXT, connecting_user_id TEXT, destination_id TEXT, paused FLAG, "
                        + "service_version NUMBER, sync_frequency NUMBER, signed_up MOMENT, _fivetran_deleted FLAG, _fivetran_synced MOMENT"),
                rows,
                false);
    }

    /// A connection that is no more. Of two by one name, readers take the one that was written later: that is one that is still there.
    private static Row removed(AuditLog.Entry gone) {
        String service = gone.detail().path("service").asString("");
        String name = gone.detail().path("schema_prefix").asString("");
        String group = gone.detail().path("group_id").asString("");
        return row(gone.resourceId(), name, service, service, null, group, true, 1L, null, null, true, gone.at());
    }

    MetadataTable destinationTable() {
        String name = plane.groups().find(destination.id()).orElseThrow().name();
        return new MetadataTable(
                "destination",
                columns("id TEXT, account_id TEXT, created_at MOMENT, name TEXT, region TEXT, is_active FLAG, type TEXT, destination_type TEXT, deployment_type TEXT, "
                        + "_fivetran_synced MOMENT"),
                List.of(row(
                        destination.id(), ACCOUNT, destination.created(), name, destination.region(), true, destination.service(), destination.service(), "SELF_HOSTED", now())),
                false);
    }

    MetadataTable account() {
        return new MetadataTable(
                "account",
                columns("id TEXT, name TEXT, country TEXT, created_at MOMENT, status TEXT, _fivetran_synced MOMENT"),
                List.of(row(ACCOUNT, ACCOUNT, null, destination.created(), "Customer", now())),
                false);
    }

    MetadataTable users() {
        return new MetadataTable(
                "user",
                columns("id TEXT, email TEXT, email_disabled FLAG, given_name TEXT, family_name TEXT, phone TEXT, verified FLAG, created_at MOMENT, _fivetran_deleted FLAG, "
                        + "_fivetran_synced MOMENT"),
                plane.members().all().stream()
                        .map(member -> row(member.id(), member.email(), false, member.givenName(), member.familyName(), null, true, member.created(), !member.active(), now()))
                        .toList(),
                false);
    }

    MetadataTable memberships() {
        return new MetadataTable(
                "destination_membership",
                columns("destination_id TEXT, user_id TEXT, activated_at MOMENT, joined_at MOMENT, role TEXT, _fivetran_synced MOMENT"),
                plane.members().all().stream()
                        .filter(Member::active)
                        .map(member -> row(destination.id(), member.id(), member.created(), member.created(), member.role().title(), now()))
                        .toList(),
                false);
    }

    /// Rows that were written; the reference product counts distinct keys in a month, these are changes.
    MetadataTable usage() {
        LocalDate since = LocalDate.ofInstant(now(), ZoneOffset.UTC).minusMonths(MONTHS).withDayOfMonth(1);
        List<Row> rows = new ArrayList<>();
        for (ConnectionRecord one : connections) {
            NamesThere there = new NamesThere(one);
            for (Usage.Day day : plane.usage().since(one.id(), since)) {
                String free = day.kind() == Usage.Kind.HISTORICAL ? "CONNECTION_INITIAL_SYNC" : "PAID";
                rows.add(row(
                        one.schemaPrefix(), one.id(), destination.id(), free, day.day(), there.schema(day.table().schema()), there.table(day.table().table()),
                        day.kind().name(), day.rows(), now(), now()));
            }
        }
        return new MetadataTable(
                "incremental_mar",
                columns("connection_name TEXT, connection_id TEXT, destination_id TEXT, free_type TEXT, measured_date DATE, schema_name TEXT, table_name TEXT, sync_type TEXT, "
                        + "incremental_rows NUMBER, updated_at MOMENT, _fivetran_synced MOMENT"),
                rows,
                false);
    }

    /// What people changed about the destination and its connections; rows that are there stay.
    MetadataTable auditTrail(List<AuditLog.Entry> changes) {
        Set<String> ours = connections.stream().map(ConnectionRecord::id).collect(Collectors.toSet());
        ours.add(destination.id());
        Map<String, String> members = plane.members().all().stream().collect(Collectors.toMap(Member::email, Member::id));
        return new MetadataTable(
                "audit_trail",
                columns("id TEXT, captured_at MOMENT, user_id TEXT, action TEXT, interaction_method TEXT, primary_resource_type TEXT, primary_resource_id TEXT, "
                        + "secondary_resource_type TEXT, secondary_resource_id TEXT, old_values TEXT, new_values TEXT, _fivetran_synced MOMENT"),
                changes.stream()
                        .filter(change -> ours.contains(change.resourceId()) || change.detail().path("group_id").asString("").equals(destination.id()))
                        .map(change -> row(
                                change.id(),
                                change.at(),
                                members.get(change.actor()),
                                change.action().toUpperCase(Locale.ROOT),
                                change.way(),
                                change.resource().toUpperCase(Locale.ROOT),
                                change.resourceId(),
                                "ACCOUNT",
                                ACCOUNT,
                                null,
                                change.detail().toString(),
                                now()))
                        .toList(),
                true);
    }

    /// The tables of the reference product's that have nothing to tell here, for models that look for them.
    static List<MetadataTable> nothingToTell() {
        return List.of(
                none("usage_cost", "destination_id TEXT, measured_month TEXT, amount NUMBER, _fivetran_synced MOMENT"),
                none("credits_used", "destination_id TEXT, measured_month TEXT, credits_consumed NUMBER, _fivetran_synced MOMENT"),
                none(
                        "transformation_runs",
                        "destination_id TEXT, job_id TEXT, job_name TEXT, measured_date DATE, project_type TEXT, model_runs NUMBER, free_type TEXT, updated_at MOMENT, "
                                + "_fivetran_synced MOMENT"),
                none("connector_sdk_log", "id TEXT, connection_id TEXT, event_time MOMENT, level TEXT, message TEXT, message_origin TEXT, sync_id TEXT, _fivetran_synced MOMENT"));
    }

    private static MetadataTable none(String name, String columns) {
        return new MetadataTable(name, columns(columns), List.of(), false);
    }

    private Instant now() {
        return plane.connections().clock().instant();
    }

    private static List<Column> columns(String written) {
        return Arrays.stream(written.split(", ")).map(column -> column.split(" ")).map(parts -> new Column(parts[0], Type.valueOf(parts[1]))).toList();
    }

    private static Row row(@Nullable Object... values) {
        return new Row(values);
    }
}
