package dev.millrace.server.web.setup;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.source.Selection;
import dev.millrace.server.api.ConnectionView;
import dev.millrace.server.web.Site;
import dev.millrace.source.Following;
import dev.millrace.source.Hosting;
import dev.millrace.source.prepare.Act;
import dev.millrace.source.prepare.AdminSession;
import dev.millrace.source.prepare.Preparation;
import dev.millrace.source.prepare.PrepareSettings;
import dev.millrace.source.prepare.ProviderSide;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The setup guide, with the names that were typed in its statements.
///
/// @param steps in the order of the form
public record Guide(List<Step> steps) {

    private static final int PORT = 5432;

    /// Something to do.
    ///
    /// @param title what
    /// @param text why, or what else to know
    /// @param code to be copied; empty if there is none
    public record Step(String title, String text, String code) {}

    /// For what stands in the form.
    static Guide of(Site site, SetupForm form) {
        List<Step> steps = new ArrayList<>();
        Hosting hosting = hosting(form.value("service"));
        boolean log = form.value("update_method").equals("WAL_PGOUTPUT") || form.value("update_method").isEmpty();
        new ProviderSide(hosting, form.value("host"), port(form), log).commands().ifPresent(commands -> steps.add(new Step(
                "At your provider", "In a shell where you are logged in. It lets Millrace in" + (log ? " and turns the log on, which takes a restart." : "."), commands.strip())));
        tunnel(site, form, steps);
        steps.addAll(database(form, hosting));
        return new Guide(steps);
    }

    private static void tunnel(Site site, SetupForm form, List<Step> steps) {
        String user = named(form, "tunnel_user", "the SSH user");
        switch (form.value("connection_type")) {
            case "SshTunnel" -> {
                if (site.plane().groups().find(form.value("group_id")).isPresent()) {
                    steps.add(new Step(
                            "On the SSH host",
                            "Add this public key to ~/.ssh/authorized_keys of %s. The host must be allowed to reach the database, and to forward ports.".formatted(user),
                            new ConnectionView(site.plane()).publicKey(form.value("group_id"))));
                }
            }
            case "PrivateLink" -> steps.add(new Step("In your network", "Make the endpoint, and give its name as the host. Millrace dials it as any other host.", ""));
            case "ProxyAgent" -> steps.add(new Step("In your network", "Run an agent beside the database; it dials out to this server. Agents are made on their own page.", ""));
            default -> {}
        }
    }

    private static List<Step> database(SetupForm form, Hosting hosting) {
        PrepareSettings settings = new PrepareSettings(
                following(form),
                named(form, "database", "postgres"),
                named(form, "user", "millrace"),
                switch (form.value("auth_method")) {
                    case "AWS_IAM" -> PrepareSettings.Proof.AWS_IAM;
                    case "CLIENT_CERTIFICATE" -> PrepareSettings.Proof.OTHER;
                    default -> PrepareSettings.Proof.PASSWORD;
                },
                Selection.everything(),
                hosting);
        try {
            Preparation preparation = AdminSession.everything(settings);
            List<Step> steps = new ArrayList<>();
            for (Preparation.Step step : preparation.steps()) {
                String code = step.acts().stream().map(Act::shown).collect(Collectors.joining("\n"));
                boolean password = code.contains(Act.PASSWORD);
                steps.add(new Step(step.title(), password ? "Put the password in the place of %s.".formatted(Act.PASSWORD) : "", code));
            }
            if (!preparation.notes().isEmpty()) {
                steps.add(new Step("Good to know", String.join(" ", preparation.notes()), ""));
            }
            return steps;
        } catch (Fault | IllegalArgumentException _) {
            return List.of(new Step("In the database", "Once the form is filled in, the statements stand here.", ""));
        }
    }

    private static Following following(SetupForm form) {
        return switch (form.value("update_method")) {
            case "XMIN" -> new Following.Xmin(Duration.ZERO);
            case "TELEPORT" -> withDeletes();
            case "QUERY_BASED" -> form.value("delete_capture_enabled").isEmpty() ? new Following.Xmin(Duration.ZERO) : withDeletes();
            default -> new Following.Log(named(form, "replication_slot", "millrace_slot"), named(form, "publication_name", "millrace_publication"));
        };
    }

    /// Nothing is looked up while statements are written.
    private static Following withDeletes() {
        return new Following.Teleport(Duration.ZERO, () -> {
            throw new IllegalStateException("A guide has no keys");
        });
    }

    private static String named(SetupForm form, String field, String otherwise) {
        return form.value(field).isBlank() ? otherwise : form.value(field).strip();
    }

    private static int port(SetupForm form) {
        try {
            return Integer.parseInt(form.value("port").strip());
        } catch (NumberFormatException _) {
            return PORT;
        }
    }

    private static Hosting hosting(String service) {
        return switch (service) {
            case "postgres_rds" -> Hosting.RDS;
            case "aurora_postgres" -> Hosting.AURORA;
            case "google_cloud_postgresql" -> Hosting.GOOGLE;
            case "azure_postgres" -> Hosting.AZURE;
            case "heroku_postgres" -> Hosting.HEROKU;
            default -> Hosting.OWN;
        };
    }
}
