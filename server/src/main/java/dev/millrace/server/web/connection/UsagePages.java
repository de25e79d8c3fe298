package dev.millrace.server.web.connection;

import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.run.RunRecord;
import dev.millrace.server.web.Routes;
import dev.millrace.server.web.Site;
import dev.millrace.server.web.Visit;
import dev.millrace.worker.progress.Amounts;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How much a connection has moved, day by day.
///
/// @param site that it is part of
public record UsagePages(Site site) {

    private static final int RUNS = 5_000;
    private static final int DAYS = 31;

    /// The page.
    ///
    /// @param most of a day's rows and changes, for the bars
    public record UsagePage(Head head, List<Day> days, long most) {}

    /// A day (UTC).
    ///
    /// @param moved rows copied and changes, for the bar
    public record Day(String date, long runs, String rows, String changes, String bytes, long moved) {}

    private record Sum(long runs, long rows, long changes, long bytes) {

        static Sum of(RunRecord run) {
            return new Sum(1, run.rowsCopied(), run.changes(), run.bytes());
        }

        Sum plus(Sum other) {
            return new Sum(runs + other.runs, rows + other.rows, changes + other.changes, bytes + other.bytes);
        }
    }

    /// Adds its routes.
    public void addTo(Routes routes) {
        routes.get("/connections/{id}/usage", visit -> visit.show("usage", page(visit)));
    }

    private UsagePage page(Visit visit) {
        ConnectionRecord connection = Head.connection(visit);
        Map<LocalDate, Sum> sums = new TreeMap<>();
        site.plane().runs().last(connection.id(), RUNS).forEach(run -> sums.merge(run.started().atZone(ZoneOffset.UTC).toLocalDate(), Sum.of(run), Sum::plus));
        List<Day> days = sums.entrySet().stream()
                .map(day -> day(day.getKey(), day.getValue()))
                .toList()
                .reversed()
                .stream()
                .limit(DAYS)
                .toList();
        return new UsagePage(Head.of(visit, connection, Head.Tab.USAGE), days, days.stream().mapToLong(Day::moved).max().orElse(1));
    }

    private static Day day(LocalDate date, Sum sum) {
        return new Day(date.toString(), sum.runs(), Amounts.count(sum.rows()), Amounts.count(sum.changes()), Amounts.bytes(sum.bytes()), sum.rows() + sum.changes());
    }
}
