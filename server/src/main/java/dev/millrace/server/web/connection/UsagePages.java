package dev.millrace.server.web.connection;

import dev.millrace.core.shape.TableName;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.usage.Usage;
import dev.millrace.server.web.Routes;
import dev.millrace.server.web.Site;
import dev.millrace.server.web.Visit;
import dev.millrace.worker.progress.Amounts;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// How many rows a connection wrote, by day and by table.
///
/// @param site that it is part of
public record UsagePages(Site site) {

    private static final int DAYS = 31;
    private static final int TABLES = 200;

    /// The page.
    ///
    /// @param days the latest first
    /// @param tables those with the most rows first
    /// @param more tables that are not shown
    public record UsagePage(Head head, List<Line> days, List<Line> tables, int more) {}

    /// A day or a table.
    ///
    /// @param copied rows of copies
    /// @param followed rows that changed
    /// @param written both
    /// @param most what the longest bar stands for
    public record Line(String name, String copied, String followed, long written, long most) {}

    /// Adds its routes.
    public void addTo(Routes routes) {
        routes.get("/connections/{id}/usage", visit -> visit.show("usage", page(visit)));
    }

    private UsagePage page(Visit visit) {
        ConnectionRecord connection = Head.connection(visit);
        LocalDate today = LocalDate.ofInstant(site.clock().instant(), ZoneOffset.UTC);
        List<Usage.Day> counts = site.plane().usage().since(connection.id(), today.minusDays(DAYS - 1));
        Map<LocalDate, List<Usage.Day>> days = by(counts, Usage.Day::day);
        Map<TableName, List<Usage.Day>> tables = by(counts, Usage.Day::table);
        return new UsagePage(
                Head.of(visit, connection, Head.Tab.USAGE),
                lines(days).reversed(),
                lines(tables).stream().sorted(Comparator.comparingLong(Line::written).reversed()).limit(TABLES).toList(),
                Math.max(0, tables.size() - TABLES));
    }

    private static <K> Map<K, List<Usage.Day>> by(List<Usage.Day> counts, Function<Usage.Day, K> key) {
        return counts.stream().collect(Collectors.groupingBy(key, TreeMap::new, Collectors.toList()));
    }

    private static <K> List<Line> lines(Map<K, List<Usage.Day>> groups) {
        long most = groups.values().stream().mapToLong(UsagePages::sum).max().orElse(1);
        return groups.entrySet().stream()
                .map(group -> new Line(
                        group.getKey().toString(),
                        Amounts.count(of(group.getValue(), Usage.Kind.HISTORICAL)),
                        Amounts.count(of(group.getValue(), Usage.Kind.INCREMENTAL)),
                        sum(group.getValue()),
                        Math.max(1, most)))
                .toList();
    }

    private static long sum(Collection<Usage.Day> counts) {
        return counts.stream().mapToLong(Usage.Day::rows).sum();
    }

    private static long of(Collection<Usage.Day> counts, Usage.Kind kind) {
        return counts.stream().filter(count -> count.kind().equals(kind)).mapToLong(Usage.Day::rows).sum();
    }
}
