package dev.millrace.source.scan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which ids are new, with PostgreSQL's own arithmetic around the wrap.
final class HorizonTest {

    private static final long WRAP = 1L << 32;

    @ParameterizedTest
    @ValueSource(ints = {11, 18})
    void ids_from_the_horizon_to_the_next_one_are_new_and_no_others_on_either_side_of_the_wrap(int version) {
        try (TestDatabase database = TestPostgres.version(version).newDatabase()) {
            long next = Long.parseLong(database.value("SELECT txid_snapshot_xmax(txid_current_snapshot())"));
            // In the epoch before this one, as 32 bits have it, the ids in front of 0 are the ones that came last.
            for (long reach : new long[] {next / 2, next + 1_000, 1L << 30, (1L << 31) - 10_000_001}) {
                long horizon = next + WRAP - reach;
                assertThat(new Horizon(horizon).reachesTo(next + WRAP)).isTrue();
                assertThat(isNew(database, horizon, horizon)).as("the horizon itself").isTrue();
                assertThat(isNew(database, horizon, horizon + reach / 2)).as("behind it").isTrue();
                assertThat(isNew(database, horizon, horizon - 10)).as("before it").isFalse();
                assertThat(isNew(database, horizon, next + WRAP + 100_000)).as("far older than 32 bits tell").isFalse();
            }
            assertThat(new Horizon(next + WRAP - (1L << 31)).reachesTo(next + WRAP)).isFalse();
            assertThat(database.value("SELECT (%s)::text FROM (VALUES ('2'::xid), ('1'::xid)) rows (xmin) LIMIT 1"
                            .formatted(new Horizon(next - 1).isNew())))
                    .as("ids that are given to no transaction")
                    .isEqualTo("false");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {11, 18})
    void few_ids_are_listed_and_mean_the_same_on_either_side_of_the_wrap(int version) {
        try (TestDatabase database = TestPostgres.version(version).newDatabase()) {
            for (long next : new long[] {1_000, WRAP + 2, WRAP + 3, WRAP + 5, 3 * WRAP + 700}) {
                for (long given : new long[] {0, 1, 5, 8, 9, 100}) {
                    Horizon horizon = new Horizon(next - given);
                    String found = database.value("SELECT coalesce(string_agg(xmin::text, ' ' ORDER BY n), '') FROM"
                            + " (SELECT ((n + %d) & 4294967295)::text::xid AS xmin, n FROM generate_series(-200, -1) n) rows WHERE %s"
                                    .formatted(next, horizon.isNew(next, version)));
                    if (given <= 8 || version >= 14) {
                        assertThat(found).as("%d ids before %d", given, next).isEqualTo(ids(next - given, next));
                    } else {
                        assertThat(horizon.isNew(next, version)).isEqualTo(horizon.isNew());
                    }
                }
            }
        }
    }

    /// As 32 bits have them, without the three that no transaction gets.
    private static String ids(long from, long to) {
        return LongStream.range(from, to).map(id -> id % WRAP).filter(id -> id > 2).mapToObj(Long::toString).collect(Collectors.joining(" "));
    }

    private static boolean isNew(TestDatabase database, long horizon, long xid) {
        long bits = Math.max(3, xid & 0xFFFFFFFFL);
        return database.value("SELECT (%s)::text FROM (VALUES ('%d'::xid)) rows (xmin)".formatted(new Horizon(horizon).isNew(), bits)).equals("true");
    }
}
