package dev.millrace.server.webhook;

import dev.millrace.vault.Vault;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Sends a webhook's body, signed, and says how that went.
///
/// @param http follows no redirect, so that what is signed goes where it was meant to
/// @param vault opens secrets
record WebhookPost(HttpClient http, Vault vault) implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String SIGNATURE = "X-Millrace-Signature-256";
    /// By which existing receivers check what the reference product sends.
    private static final String SIGNATURE_OF_REFERENCE = "X-Fivetran-Signature-256";

    /// How it went.
    ///
    /// @param status of HTTP; 0 if there was no answer
    /// @param problem empty if it arrived
    record Outcome(int status, String problem) {

        boolean arrived() {
            return problem.isEmpty();
        }
    }

    WebhookPost(Vault vault) {
        this(HttpClient.newBuilder().connectTimeout(PATIENCE).followRedirects(HttpClient.Redirect.NEVER).build(), vault);
    }

    Outcome send(Webhook webhook, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(webhook.url()))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .header("User-Agent", "millrace")
                .POST(BodyPublishers.ofString(body));
        if (webhook.isSigned()) {
            String signature = signature(webhook.secrets().open(Webhook.SECRET, vault).reveal(), body);
            request.header(SIGNATURE, signature).header(SIGNATURE_OF_REFERENCE, signature);
        }
        try {
            int status = http.send(request.build(), BodyHandlers.discarding()).statusCode();
            return new Outcome(status, status / 100 == 2 ? "" : "It answered with status %d.".formatted(status));
        } catch (IOException e) {
            return new Outcome(0, "It did not answer (%s).".formatted(e.getClass().getSimpleName()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Outcome(0, "The server is being stopped.");
        }
    }

    /// The HMAC-SHA256 of the body, in upper-case hexadecimal digits.
    static String signature(String secret, String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().withUpperCase().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
