package dev.millrace.source.frozen;

import dev.millrace.core.shape.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Which pages of a relation are not all-visible, supposed to be among those of the last look, and confirmed without going through the map.
///
/// The server counts a map many times faster than it shows it. If all pages of a set are unmarked, and there are as many unmarked pages as the set
/// has, then there are no others. Where the set comes from does not matter; a page that was changed elsewhere, or a set that is too
/// old, makes another count, and then the whole map is read.
///
/// That takes one moment at which both is so, and there is none while others work. So the set is looked at before the counting and after it, and
/// the log must not have grown from before the first look to after the second. A page of the set that was counted as marked has been marked after the first look and
/// cleared before the second. Whoever marks a page has the map's page to himself until the mark is in the log, and only then can
/// another clear it: so the log would have grown. What is not in the log (unlogged tables) is not guessed.
///
/// A page on which something is new to the scan's snapshot is unmarked all the while, and stays so for as long as the held snapshot stands. So it is
/// counted, and belongs to the set.
record Guess(List<BlockRange> ranges) {

    /// To look at a page of the set twice costs as much as showing so many pages of the map.
    private static final int WORTH = 32;

    /// What the server says.
    private record Answer(String unmarked, long visible, boolean isOfOneMoment) {}

    /// Whether confirming it would be less work than reading the map.
    ///
    /// @param most pages that may be looked at
    boolean isWorthIt(long blocks, long most) {
        return pages(blocks) <= Math.min(most, blocks / WORTH);
    }

    /// The pages that are not all-visible, if they are all among these and that can be told.
    ///
    /// @param scan a session in whose transaction the relation is locked, so that it does not shrink
    /// @param blocks the relation's size in pages, seen under that lock
    Optional<List<BlockRange>> confirm(Connection scan, VisibilityMap map, TableName relation, long blocks) throws SQLException {
        Answer answer = ask(scan, map, relation, blocks);
        List<BlockRange> unmarked = parse(answer.unmarked());
        return answer.isOfOneMoment() && blocks - answer.visible() == unmarked.size() ? Optional.of(unmarked) : Optional.empty();
    }

    private Answer ask(Connection scan, VisibilityMap map, TableName relation, long blocks) throws SQLException {
        try (PreparedStatement statement = scan.prepareStatement(FrozenSql.guess(map))) {
            int parameter = 1;
            for (boolean hasRanges : new boolean[] {true, false, true, false}) {
                statement.setObject(parameter++, relation.quoted(), Types.OTHER);
                if (hasRanges) {
                    statement.setString(parameter++, bounds(blocks, true));
                    statement.setString(parameter++, bounds(blocks, false));
                }
            }
            statement.execute();
            String logBefore = text(statement);
            String before = next(statement);
            long visible = Long.parseLong(next(statement));
            String after = next(statement);
            statement.getMoreResults();
            try (ResultSet row = statement.getResultSet()) {
                row.next();
                boolean isStill = logBefore.equals(row.getString(1)) && before.equals(after) && row.getLong(2) == blocks;
                return new Answer(before, visible, isStill);
            }
        }
    }

    private static String next(PreparedStatement statement) throws SQLException {
        statement.getMoreResults();
        return text(statement);
    }

    private static String text(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.getResultSet()) {
            row.next();
            return row.getString(1);
        }
    }

    private String bounds(long blocks, boolean lower) {
        return ranges.stream()
                .filter(range -> range.from() < blocks)
                .map(range -> Long.toString(lower ? range.from() : Math.min(range.to(), blocks)))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private long pages(long blocks) {
        return ranges.stream().mapToLong(range -> range.pagesOf(blocks)).sum();
    }

    private static List<BlockRange> parse(String pages) {
        List<BlockRange> parsed = new ArrayList<>();
        // As an array is printed: "{7,8,12}".
        for (int from = 1; from < pages.length() - 1; ) {
            int comma = pages.indexOf(',', from);
            int to = comma < 0 ? pages.length() - 1 : comma;
            long page = Long.parseLong(pages, from, to, 10);
            parsed.add(new BlockRange(page, page + 1));
            from = to + 1;
        }
        parsed.sort(Comparator.comparingLong(BlockRange::from));
        return parsed;
    }
}
