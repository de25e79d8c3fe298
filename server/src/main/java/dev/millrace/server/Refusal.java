package dev.millrace.server;

import java.util.Locale;

/// Something that was asked for and is not done, with what the API says of it. Nothing has been changed.
public final class Refusal extends RuntimeException {

    /// Why, by the API's codes.
    public enum Reason {
        INVALID_INPUT(400, "InvalidInput"),
        BAD_REQUEST(400, "BadRequest"),
        UNAUTHORIZED(401, "AuthFailed"),
        FORBIDDEN(403, "Forbidden"),
        NOT_FOUND(404, "NotFound"),
        METHOD_NOT_ALLOWED(405, "MethodNotAllowed"),
        NOT_ACCEPTABLE(406, "NotAcceptable"),
        CONFLICT(409, "Conflict"),
        TOO_LARGE(413, "PayloadTooLarge"),
        UNSUPPORTED_MEDIA_TYPE(415, "UnsupportedMediaType"),
        TOO_MANY(429, "TooManyRequests"),
        UNAVAILABLE(503, "ServiceUnavailable");

        private final int status;
        private final String code;

        Reason(int status, String code) {
            this.status = status;
            this.code = code;
        }

        /// The HTTP status.
        public int status() {
            return status;
        }

        /// The envelope's code.
        public String code() {
            return code;
        }
    }

    private final Reason reason;
    private final String code;

    /// Refuses.
    ///
    /// @param message what is so, and what to do, as sentences; never a secret
    public Refusal(Reason reason, String message) {
        this(reason, reason.code(), message);
    }

    private Refusal(Reason reason, String code, String message) {
        super(message);
        this.reason = reason;
        this.code = code;
    }

    /// There is no such thing.
    ///
    /// @param kind by the API's name: `Connection`, `Destination`
    public static Refusal notFound(String kind, String id) {
        return new Refusal(Reason.NOT_FOUND, "NotFound_" + kind, "There is no %s with id '%s'.".formatted(kind.toLowerCase(Locale.ROOT), id));
    }

    /// There is no such thing, and more is to be said of it.
    ///
    /// @param kind by the API's name
    public static Refusal missing(String kind, String message) {
        return new Refusal(Reason.NOT_FOUND, "NotFound_" + kind, message);
    }

    /// What was sent is not what is asked for.
    public static Refusal invalid(String message) {
        return new Refusal(Reason.INVALID_INPUT, message);
    }

    /// It does not go with how things stand.
    public static Refusal conflict(String message) {
        return new Refusal(Reason.CONFLICT, message);
    }

    /// Why.
    public Reason reason() {
        return reason;
    }

    /// The envelope's code.
    public String code() {
        return code;
    }

    /// What is so.
    public String description() {
        return String.valueOf(getMessage());
    }
}
