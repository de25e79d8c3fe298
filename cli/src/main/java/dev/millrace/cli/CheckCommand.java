package dev.millrace.cli;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.core.check.SetupTest;
import dev.millrace.worker.Wiring;
import dev.millrace.worker.holder.HolderClient;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `millrace check`: the setup tests.
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Asks the source everything that a run would find out: the way to it, its certificate, login, slot, settings, publication, speed, rights; and the "
                + "destination whether it can be written. "
                + "Each test says what is so and what to do. Nothing is changed.")
final class CheckCommand implements Callable<Integer> {

    private final Program program;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The settings file.")
    private @Nullable Path file;

    @Option(
            names = "--trust",
            paramLabel = "SHA256",
            description = "Approve this certificate or host key, if it is presented now; may be given several times. It is kept beside FILE.")
    private List<String> trusted = List.of();

    @Mixin
    private final ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Spec
    private CommandSpec spec;

    /// Made with the program that it is a command of.
    @SuppressWarnings("NullAway.Init")
    public CheckCommand(Program program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        boolean approved = trusted.isEmpty() || approve();
        try (Wiring wiring = connection.wiring(file, program, output.json())) {
            ExitCode code = check(wiring, program, output.json());
            return (approved ? code : ExitCode.FINDING).number();
        }
    }

    private boolean approve() {
        if (file == null) {
            throw usage("--trust keeps what is approved beside a settings file; without one, give --trusted-certificates.");
        }
        Set<String> fingerprints = new LinkedHashSet<>();
        for (String one : trusted) {
            fingerprints.add(Trusting.fingerprint(one).orElseThrow(() -> usage(
                    "--trust %s: it must be the SHA-256 of a certificate, 64 hexadecimal digits, or of a host key, `SHA256:` and 43 characters.".formatted(one))));
        }
        return new Trusting(file, () -> connection.wiring(file, program, true), program.terminal()).approve(fingerprints);
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /// Asks and prints.
    static ExitCode check(Wiring wiring, Program program, boolean json) {
        SetupText text = new SetupText(program.terminal(), json);
        boolean runs = HolderClient.find(wiring.holder()).isPresent();
        Outcome source = wiring.setupTests(() -> runs).ask(text::add);
        List<Finding> found = runs
                ? List.of(Finding.skipped(SetupTest.DESTINATION, "A sync of this connection is writing it."))
                : wiring.place().check().stream().map(Finding::of).toList();
        found.forEach(text::add);
        Outcome outcome = Stream.concat(Stream.of(source), found.stream().map(Finding::outcome).filter(one -> one == Outcome.FAILED))
                .max(Outcome::compareTo)
                .orElse(source);
        text.end(outcome);
        return outcome == Outcome.FAILED ? ExitCode.FINDING : ExitCode.OK;
    }
}
