package dev.millrace.server.web;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/// What pages are made of beside their HTML: styles, scripts, the icon. All of it comes out of the class path; nothing is fetched from elsewhere.
public final class Assets {

    private static final String OURS = "/dev/millrace/server/web/assets/";
    private static final String WEBJARS = "/META-INF/resources/webjars/";
    private static final int HASH_LENGTH = 12;
    private static final Map<String, String> PLACES = Map.of(
            "millrace.css", OURS + "millrace.css",
            "millrace.js", OURS + "millrace.js",
            "icon.svg", OURS + "icon.svg",
            "htmx.js", WEBJARS + "htmx.org/2.0.10/dist/htmx.min.js",
            "sse.js", WEBJARS + "htmx-ext-sse/2.2.2/sse.js",
            "uplot.js", WEBJARS + "uplot/1.6.30/dist/uPlot.iife.min.js",
            "uplot.css", WEBJARS + "uplot/1.6.30/dist/uPlot.min.css");

    private final Map<String, byte[]> contents = new LinkedHashMap<>();
    private final Map<String, String> links = new LinkedHashMap<>();

    /// All of them, held in memory.
    public Assets() {
        PLACES.forEach((name, place) -> {
            byte[] content = read(place);
            contents.put(name, content);
            links.put(name, "/assets/%s?%s".formatted(name, hash(content)));
        });
    }

    private static byte[] read(String place) {
        try (InputStream in = Assets.class.getResourceAsStream(place)) {
            if (in == null) {
                throw new IllegalStateException("Not on the class path: " + place);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hash(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content)).substring(0, HASH_LENGTH);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Where a page finds one. What changes has another link, so that browsers may keep it for good.
    public String link(String name) {
        String link = links.get(name);
        if (link == null) {
            throw new IllegalArgumentException("Invalid name: " + name + " (expected one of " + links.keySet() + ")");
        }
        return link;
    }

    /// Answers with one.
    void answer(Context http) {
        String name = http.pathParam("name");
        byte[] content = contents.get(name);
        if (content == null) {
            http.status(404).contentType("text/plain").result("There is nothing here.");
            return;
        }
        http.contentType(type(name)).header("Cache-Control", "public, max-age=31536000, immutable").result(content);
    }

    private static String type(String name) {
        return switch (name.substring(name.lastIndexOf('.'))) {
            case ".css" -> "text/css; charset=utf-8";
            case ".js" -> "text/javascript; charset=utf-8";
            default -> "image/svg+xml";
        };
    }
}
