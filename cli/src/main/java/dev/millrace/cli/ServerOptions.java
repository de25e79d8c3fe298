package dev.millrace.cli;

import dev.millrace.cli.plan.ApiClient;
import dev.millrace.core.secret.Secret;
import java.net.URI;
import picocli.CommandLine.Option;

/// Which server a command speaks with.
public final class ServerOptions {

    /// The variable with the key that the server lets in.
    static final String API_KEY = "MILLRACE_API_KEY";

    @Option(names = "--server", paramLabel = "URL", defaultValue = "http://127.0.0.1:8642", description = "The server (default: http://127.0.0.1:8642). Its key is in MILLRACE_API_KEY=KEY:SECRET.")
    private URI server = URI.create("");

    /// A client; to be closed by the caller.
    ApiClient client(Program program) {
        String key = program.environment()
                .get(API_KEY)
                .orElseThrow(() -> SettingsRefused.onCommandLine("Set MILLRACE_API_KEY=KEY:SECRET to a key of the server: its pages make them, under API keys."));
        return new ApiClient(server, Secret.of(key));
    }
}
