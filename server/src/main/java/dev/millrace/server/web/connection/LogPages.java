package dev.millrace.server.web.connection;

import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.run.RunLog;
import dev.millrace.server.run.RunLog.Event;
import dev.millrace.server.run.RunLog.Level;
import dev.millrace.server.telemetry.EventLines;
import dev.millrace.server.web.Moment;
import dev.millrace.server.web.Pill;
import dev.millrace.server.web.Routes;
import dev.millrace.server.web.Site;
import dev.millrace.server.web.Stream;
import dev.millrace.server.web.Visit;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// The log of a connection: the latest first, and what happens as it happens.
///
/// @param site that it is part of
public record LogPages(Site site) {

    private static final int PAGE = 100;
    private static final int LOOKED_THROUGH = 2_000;
    private static final int DOWNLOADED = 20_000;
    private static final int SEVERAL = 1_000;
    private static final Duration BREATH = Duration.ofSeconds(5);

    /// The events that a filter lets through.
    ///
    /// @param level empty for all
    /// @param event by name; empty for all
    public record Filter(String level, String event) {

        static Filter of(Visit visit) {
            return new Filter(visit.query("level").orElse(""), visit.query("event").map(String::strip).orElse(""));
        }

        /// As parameters of a path.
        public String query() {
            return "level=%s&event=%s".formatted(URLEncoder.encode(level, StandardCharsets.UTF_8), URLEncoder.encode(event, StandardCharsets.UTF_8));
        }

        boolean admits(Event one) {
            return (level.isEmpty() || one.level().name().equals(level)) && (event.isEmpty() || one.name().contains(event.toLowerCase(Locale.ROOT)));
        }
    }

    /// The page.
    public record LogPage(Head head, Filter filter, List<Line> lines, String older, String latest) {

        /// What can be chosen.
        public List<Level> levels() {
            return List.of(Level.values());
        }
    }

    /// Older lines, put below.
    public record Older(String path, Filter filter, List<Line> lines, String older) {}

    /// An event.
    public record Line(String id, Moment at, Pill level, String event, String text) {}

    /// Adds its routes.
    public void addTo(Routes routes) {
        routes.get("/connections/{id}/log", this::show);
        routes.get("/connections/{id}/log/older", this::older);
        routes.get("/connections/{id}/log/download", this::download);
        routes.stream("/connections/{id}/log/stream", this::tail);
    }

    private void show(Visit visit) {
        Head head = Head.of(visit, Head.Tab.LOG);
        Filter filter = Filter.of(visit);
        List<Event> events = events(head.glance().id(), Optional.empty(), filter);
        String latest = site.plane().log().last(head.glance().id(), Optional.empty(), 1).stream().findFirst().map(Event::id).orElse("");
        visit.show("log", new LogPage(head, filter, lines(events), next(events), latest));
    }

    private void older(Visit visit) {
        String id = Head.connection(visit).id();
        Filter filter = Filter.of(visit);
        List<Event> events = events(id, visit.query("before"), filter);
        visit.show("logOlder", new Older("/connections/" + id, filter, lines(events), next(events)));
    }

    private List<Event> events(String connection, Optional<String> before, Filter filter) {
        List<Event> found = new ArrayList<>();
        Optional<String> from = before;
        for (int seen = 0; seen < LOOKED_THROUGH && found.size() < PAGE; seen += PAGE) {
            List<Event> some = site.plane().log().last(connection, from, PAGE);
            some.stream().filter(filter::admits).forEach(found::add);
            if (some.size() < PAGE) {
                break;
            }
            from = Optional.of(some.getLast().id());
        }
        return found;
    }

    /// The latest events as lines of JSON, in the order in which they happened; as a file, since a page would show only some.
    private void download(Visit visit) {
        ConnectionRecord connection = Head.connection(visit);
        Filter filter = Filter.of(visit);
        List<String> lines = new ArrayList<>();
        Optional<String> before = Optional.empty();
        for (int seen = 0; seen < DOWNLOADED; seen += SEVERAL) {
            List<Event> some = site.plane().log().last(connection.id(), before, SEVERAL);
            some.stream().filter(filter::admits).forEach(event -> lines.add(EventLines.envelope(Optional.of(connection), event) + "\n"));
            if (some.size() < SEVERAL) {
                break;
            }
            before = Optional.of(some.getLast().id());
        }
        String name = connection.schemaPrefix().replaceAll("[^A-Za-z0-9_.-]", "_");
        visit.http()
                .contentType("application/x-ndjson; charset=utf-8")
                .header("Content-Disposition", "attachment; filename=\"%s-log.jsonl\"".formatted(name))
                .result(String.join("", lines.reversed()));
    }

    private static String next(List<Event> events) {
        return events.size() < PAGE ? "" : events.getLast().id();
    }

    private List<Line> lines(List<Event> events) {
        return events.stream().map(this::line).toList();
    }

    private Line line(Event event) {
        Pill level = switch (event.level()) {
            case INFO -> Pill.idle("info");
            case WARNING -> Pill.warn("warning");
            case SEVERE -> Pill.bad("severe");
        };
        return new Line(event.id(), Moment.of(event.at(), site.clock().instant()), level, event.name(), text(event));
    }

    private static String text(Event event) {
        String facts = event.data().properties().stream()
                .filter(field -> !field.getKey().equals("message"))
                .map(field -> field.getKey() + "=" + (field.getValue().isValueNode() ? field.getValue().asString() : field.getValue().toString()))
                .collect(Collectors.joining("  "));
        String message = event.data().path("message").asString("");
        return message.isEmpty() ? facts : message + (facts.isEmpty() ? "" : "\n" + facts);
    }

    private void tail(Visit visit, Stream stream) {
        String connection = Head.connection(visit).id();
        Filter filter = Filter.of(visit);
        String last = visit.query("after").orElse("");
        RunLog log = site.plane().log();
        boolean goesOn = true;
        while (goesOn && !stream.isGone()) {
            long heard = site.bell().rings();
            List<Event> news = log.after(last, PAGE);
            for (Event event : news) {
                last = event.id();
                if (event.connectionId().equals(connection) && filter.admits(event)) {
                    stream.tell("line", site.templates().html("logLine", line(event)));
                }
            }
            if (news.isEmpty()) {
                stream.breathe();
                goesOn = site.bell().await(heard, BREATH);
            }
        }
    }
}
