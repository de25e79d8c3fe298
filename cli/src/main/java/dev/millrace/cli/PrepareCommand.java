package dev.millrace.cli;

import dev.millrace.cli.terminal.Terminal.Style;
import dev.millrace.cli.terminal.Terminal;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.secret.Secret;
import dev.millrace.source.prepare.Act;
import dev.millrace.source.prepare.AdminSession;
import dev.millrace.source.prepare.Preparation;
import dev.millrace.worker.Wiring;
import dev.millrace.worker.settings.SecretReference;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `millrace prepare`: the SQL that a source still needs, printed or run.
@Command(
        name = "prepare",
        mixinStandardHelpOptions = true,
        description = "Prints the SQL that the source still needs for what the settings want, and what is to be done at its provider. "
                + "With --apply an administrator's login runs it, and --undo takes it back; both show first what they will do.")
final class PrepareCommand implements Callable<Integer> {

    private final Program program;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The settings file.")
    private @Nullable Path file;

    @Option(names = "--admin-user", paramLabel = "USER", description = "Who may make users, publications and slots.")
    private @Nullable String adminUser;

    @Option(
            names = "--admin-password",
            paramLabel = "REFERENCE",
            description = "The administrator's password as '$${env:NAME}' or '$${file:PATH}'; without it you are asked, or none is needed.")
    private @Nullable String adminPassword;

    @Option(names = "--apply", description = "Run it, and check.")
    private boolean apply;

    @Option(names = "--undo", description = "Drop slot, publication, function, rights and user again.")
    private boolean undo;

    @Option(names = "--yes", description = "Do not ask before something is done.")
    private boolean yes;

    @Option(names = "--terraform", description = "Print what is to be done at Amazon as Terraform, and nothing else.")
    private boolean terraform;

    @Mixin
    private final ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Spec
    private CommandSpec spec;

    /// Made with the program that it is a command of.
    @SuppressWarnings("NullAway.Init")
    public PrepareCommand(Program program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        if (apply && undo) {
            throw usage("--apply makes, --undo takes away: give one of them.");
        }
        if ((apply || undo) && adminUser == null) {
            throw usage("Name an administrator with --admin-user.");
        }
        try (Wiring wiring = connection.wiring(file, program, output.json())) {
            if (terraform) {
                program.terminal().out().print(wiring.providerSide().terraform().orElseThrow(() -> usage("--terraform is for postgres_rds and aurora_postgres.")));
                return ExitCode.OK.number();
            }
            return (adminUser == null ? print(wiring) : asAdmin(wiring, adminUser)).number();
        }
    }

    private ExitCode print(Wiring wiring) {
        Optional<AdminSession> own;
        try {
            own = wiring.ownSession();
        } catch (Fault hindrance) {
            text().print(AdminSession.everything(wiring.prepareSettings()), wiring.providerSide(), hindrance);
            return ExitCode.OK;
        }
        Preparation missing = own.map(AdminSession::missing).orElseGet(() -> AdminSession.everything(wiring.prepareSettings()));
        own.ifPresent(AdminSession::close);
        text().print(missing, wiring.providerSide(), own.isPresent());
        return ExitCode.OK;
    }

    private ExitCode asAdmin(Wiring wiring, String user) {
        try (AdminSession session = wiring.adminSession(user, password(user))) {
            Preparation preparation = undo ? session.undoing() : session.missing();
            if (!apply && !undo) {
                text().print(preparation, wiring.providerSide(), true);
                return ExitCode.OK;
            }
            if (preparation.steps().isEmpty()) {
                sayThatNothingIsToBeDone(preparation);
            } else if (preparation.isDone()) {
                show(preparation);
                say("What is left only a person can do: it stands above.");
            } else if (!agreed(preparation)) {
                return ExitCode.STOPPED;
            } else {
                session.carryOut(preparation, wiring.settings().source().password(), this::tell);
            }
            text().notes(preparation, output.json() ? program.terminal().err() : program.terminal().out());
        }
        return undo ? ExitCode.OK : CheckCommand.check(wiring, program, output.json());
    }

    /// Where something stays, the notes say why.
    private void sayThatNothingIsToBeDone(Preparation preparation) {
        if (!undo) {
            say("Nothing is missing.");
        } else if (preparation.notes().isEmpty()) {
            say("Nothing is there that could be taken away.");
        }
    }

    /// Nobody agrees to what was not seen; with `--json` the output is for a machine.
    private void show(Preparation preparation) {
        text().statements(preparation, output.json() ? program.terminal().err() : program.terminal().out());
    }

    private boolean agreed(Preparation preparation) {
        if (yes && output.json()) {
            return true;
        }
        show(preparation);
        if (yes) {
            return true;
        }
        Optional<Boolean> answer = program.person().agrees("Run this as %s?".formatted(adminUser));
        if (answer.isEmpty()) {
            throw usage("Nobody is there to be asked; with --yes it is done at once. Nothing was done.");
        }
        if (!answer.get()) {
            say("Nothing was done.");
        }
        return answer.get();
    }

    private void tell(Act act) {
        if (!output.json()) {
            program.terminal().err().println(program.terminal().styled(Style.GREEN, "✓ ") + act.shown().lines().findFirst().orElse(""));
        }
    }

    private void say(String sentence) {
        Terminal terminal = program.terminal();
        (output.json() ? terminal.err() : terminal.out()).println(sentence);
    }

    private PreparationText text() {
        return new PreparationText(program.terminal(), output.json());
    }

    private Secret password(String user) {
        if (adminPassword == null) {
            return program.person().secret("Password of %s:".formatted(user)).orElse(Secret.of(""));
        }
        Path beside = file == null ? Path.of("").toAbsolutePath() : Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
        SecretReference.Read read = new SecretReference(program.environment(), beside).read(adminPassword);
        if (!read.problems().isEmpty()) {
            throw usage("--admin-password: " + String.join(" ", read.problems()));
        }
        return read.secret();
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
