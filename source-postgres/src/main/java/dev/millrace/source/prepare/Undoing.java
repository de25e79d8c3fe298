package dev.millrace.source.prepare;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.shape.TableName;
import dev.millrace.source.Following;
import java.util.ArrayList;
import java.util.List;

/// What takes everything away again that [Preparing] makes. What others have made, or use, stays; so does everything while the sync runs, which would
/// otherwise be left with half of it.
final class Undoing {

    private final PrepareSettings settings;
    private final Present present;
    private final List<Preparation.Step> steps = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private Undoing(PrepareSettings settings, Present present) {
        this.settings = settings;
        this.present = present;
    }

    static Preparation of(PrepareSettings settings, Present present) {
        if (settings.following() instanceof Following.Log(String name, _)
                && present.slot().filter(slot -> slot.isOurs() && slot.isActive()).isPresent()) {
            throw new Fault(
                    FaultKind.SLOT_IN_USE,
                    name,
                    "The slot %s is being read, so nothing is taken away.".formatted(name),
                    "Stop the sync that reads it, and undo again.");
        }
        return new Undoing(settings, present).preparation();
    }

    private Preparation preparation() {
        if (settings.following() instanceof Following.Log(String slot, String publication)) {
            present.slot().ifPresent(there -> slot(slot, there));
            present.publication().ifPresent(there -> publication(publication, there));
        } else if (!present.visibility().functions().isEmpty()) {
            visibility(present.visibility());
        }
        present.role().ifPresent(this::role);
        return new Preparation(steps, notes);
    }

    private void slot(String name, Present.Slot there) {
        if (there.isOurs()) {
            step("Drop the slot; the server may forget the log that it kept", List.of(
                    new Act.Sql("SELECT pg_drop_replication_slot(%s);".formatted(PrepareSql.literal(name)))));
        } else {
            notes.add("The slot %s is of another database or plugin, and stays.".formatted(name));
        }
    }

    private void publication(String name, Present.Publication there) {
        if (!there.isAdministrators()) {
            notes.add("The publication %s belongs to %s, so it stays.".formatted(name, there.owner()));
        } else if (!there.otherReaders().isEmpty()) {
            notes.add("The publication %s stays, since other slots of this database are being read, which may be by it: %s. Where they do not need it, its owner drops it by DROP PUBLICATION %s;"
                    .formatted(name, String.join(", ", there.otherReaders()), TableName.quote(name)));
        } else {
            step("Drop the publication", List.of(new Act.Sql("DROP PUBLICATION %s;".formatted(TableName.quote(name)))));
        }
    }

    private void visibility(Present.Visibility there) {
        if (there.othersMayExecute()) {
            notes.add("The functions of the schema millrace that show visibility maps stay, since others may call them.");
            return;
        }
        List<Act> acts = new ArrayList<>();
        there.functions().stream().sorted().forEach(function -> acts.add(new Act.Sql(function.drop())));
        if (there.isAlone()) {
            acts.add(new Act.Sql("DROP SCHEMA millrace;"));
        }
        step("Drop the functions that show visibility maps", acts);
        notes.add("The extension pg_visibility stays, since others may use it.");
    }

    private void role(Present.Role role) {
        boolean isAdmin = present.server().admin().filter(admin -> admin.name().equals(settings.user())).isPresent();
        if (role.isSuperuser() || isAdmin) {
            notes.add("User %s is an administrator and stays.".formatted(settings.user()));
            return;
        }
        if (role.owns()) {
            notes.add("User %s owns something in this database, so it and its rights stay.".formatted(settings.user()));
            return;
        }
        boolean stays = role.isElsewhere() || !role.isMarked() || role.hasMembers();
        if (stays) {
            notes.add("User %s %s, so it stays%s.".formatted(
                    settings.user(),
                    role.isElsewhere()
                            ? "has rights in other databases"
                            : role.hasMembers() ? "has members" : "does not bear the mark of one that prepare has made",
                    role.hasRights() ? "; what was granted to it in this database is taken from it" : ""));
        }
        if (stays && !role.hasRights()) {
            return;
        }
        String user = TableName.quote(settings.user());
        List<Act> acts = new ArrayList<>();
        if (present.server().admin().filter(Present.Admin::isReal).isEmpty()) {
            acts.add(new Act.Sql("GRANT %s TO CURRENT_USER;".formatted(user)));
        }
        acts.add(new Act.Sql("DROP OWNED BY %s;".formatted(user)));
        if (!stays) {
            acts.add(new Act.Sql("DROP USER %s;".formatted(user)));
        }
        step(stays ? "Take its rights from the user, which owns nothing" : "Take its rights from the user, which owns nothing, and drop it", acts);
    }

    private void step(String title, List<Act> acts) {
        steps.add(new Preparation.Step(title, acts));
    }
}
