package dev.millrace.source.prepare;

import dev.millrace.core.shape.TableName;
import dev.millrace.source.Following;
import java.util.ArrayList;
import java.util.List;

/// What takes everything away again that [Preparing] makes. What others have made, or use, stays.
final class Undoing {

    private Undoing() {}

    static Preparation of(PrepareSettings settings, Present present) {
        List<Preparation.Step> steps = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        if (settings.following() instanceof Following.Log(String slot, String publication)) {
            if (present.slot().filter(there -> !there.isOurs()).isPresent()) {
                notes.add("The slot %s is of another database or plugin, and stays.".formatted(slot));
            }
            present.slot().filter(Present.Slot::isOurs).ifPresent(there -> {
                String drop = "SELECT pg_drop_replication_slot(%s);".formatted(PrepareSql.literal(slot));
                steps.add(new Preparation.Step(
                        "Drop the slot; the server may forget the log that it kept", List.of(there.isActive() ? new Act.ByHand(drop) : new Act.Sql(drop))));
                if (there.isActive()) {
                    notes.add("The slot is being read and cannot be dropped. Stop the sync, and undo again.");
                }
            });
            if (present.publication().isPresent()) {
                steps.add(new Preparation.Step("Drop the publication", List.of(new Act.Sql("DROP PUBLICATION %s;".formatted(TableName.quote(publication))))));
            }
        }
        visibility(present, steps, notes);
        present.role().ifPresent(role -> role(settings, present, role, steps, notes));
        return new Preparation(steps, notes);
    }

    private static void visibility(Present present, List<Preparation.Step> steps, List<String> notes) {
        Present.Visibility there = present.visibility();
        if (!there.hasFunction()) {
            return;
        }
        List<Act> acts = new ArrayList<>();
        acts.add(new Act.Sql("DROP FUNCTION millrace.get_all_pages(text);"));
        if (there.isAlone()) {
            acts.add(new Act.Sql("DROP SCHEMA millrace;"));
        }
        steps.add(new Preparation.Step("Drop the function that shows visibility maps", acts));
        notes.add("The extension pg_visibility stays, since others may use it.");
    }

    private static void role(PrepareSettings settings, Present present, Present.Role role, List<Preparation.Step> steps, List<String> notes) {
        boolean isAdmin = present.server().admin().filter(admin -> admin.name().equals(settings.user())).isPresent();
        if (role.isSuperuser() || isAdmin) {
            notes.add("User %s is an administrator and stays.".formatted(settings.user()));
            return;
        }
        if (role.owns()) {
            notes.add("User %s owns something in this database, so it and its rights stay.".formatted(settings.user()));
            return;
        }
        String user = TableName.quote(settings.user());
        List<Act> acts = new ArrayList<>();
        if (present.server().admin().filter(Present.Admin::isReal).isEmpty()) {
            acts.add(new Act.Sql("GRANT %s TO CURRENT_USER;".formatted(user)));
        }
        acts.add(new Act.Sql("DROP OWNED BY %s;".formatted(user)));
        if (role.isElsewhere()) {
            notes.add("User %s has rights in other databases, so it stays; what it had in this one is taken from it.".formatted(settings.user()));
        } else {
            acts.add(new Act.Sql("DROP USER %s;".formatted(user)));
        }
        steps.add(new Preparation.Step("Take its rights from the user, which owns nothing, and drop it", acts));
    }
}
