package dev.millrace.server.web.door;

import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.SameSite;
import java.util.Optional;

/// What a browser shows for a log-in. No script sees it, and no other site has it sent.
public final class LoginCookie {

    private LoginCookie() {}

    /// Browsers tell hosts apart by cookies, and not ports: servers on one machine would take each other's away.
    private static String name(Context http) {
        return "millrace_" + http.req().getLocalPort();
    }

    /// The token that a request shows; empty if it shows none.
    public static Optional<String> of(Context http) {
        return Optional.ofNullable(http.cookie(name(http))).filter(token -> !token.isEmpty());
    }

    /// Gives it to a browser.
    static void give(Context http, String token) {
        http.cookie(cookie(http, token, -1));
    }

    /// Takes it away.
    static void take(Context http) {
        http.cookie(cookie(http, "", 0));
    }

    private static Cookie cookie(Context http, String token, int seconds) {
        // A proxy in front that ends TLS says so.
        boolean secure = http.scheme().equals("https") || "https".equals(http.header("X-Forwarded-Proto"));
        return new Cookie(name(http), token, "/", seconds, secure, true, null, SameSite.STRICT);
    }
}
