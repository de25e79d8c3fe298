package dev.millrace.testkit.value;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.value.PgDate;
import dev.millrace.core.value.PgInterval;
import dev.millrace.core.value.PgNumeric;
import dev.millrace.core.value.PgText;
import dev.millrace.core.value.PgTime;
import dev.millrace.testkit.Seed;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Values by chance, which PostgreSQL writes in both of its forms: what we make of the binary one must be the text.
class PgTextTest {

    private static final int VALUES = 3000;

    @SuppressWarnings("NullAway.Init")
    private static TestDatabase database;

    private interface Check {
        void check(String text, byte[] bytes);
    }

    @BeforeAll
    static void start() {
        database = TestPostgres.latest().newDatabase();
        double seed = Seed.forTest("values").random().nextDouble();
        database.execute("SET TimeZone = 'UTC'", "SELECT setseed(%s)".formatted(seed));
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    /// Has PostgreSQL write values.
    ///
    /// @param send the type's send function
    /// @param expression the SQL of a value by chance, in which `i` counts up
    private static void check(int oid, String send, String expression, Check further) {
        SourceType type = new SourceType.Scalar(oid, send, -1, true);
        List<List<@Nullable String>> rows = database.query(
                "SELECT format('%%s', v), encode(%s(v), 'hex') FROM (SELECT %s AS v FROM generate_series(1, %d) AS i) AS x"
                        .formatted(send, expression, VALUES));
        for (List<@Nullable String> row : rows) {
            String text = String.valueOf(row.get(0));
            byte[] bytes = HexFormat.of().parseHex(String.valueOf(row.get(1)));
            assertThat(PgText.of(type, Tuple.BINARY, bytes, 0, bytes.length)).isEqualTo(text);
            further.check(text, bytes);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void whole_numbers_and_booleans() {
        check(Oid.INT2, "int2send", "(random() * 65535 - 32768)::int2", (_, _) -> {});
        check(Oid.INT4, "int4send", "(random() * 4294967295 - 2147483648)::int4", (_, _) -> {});
        check(Oid.INT8, "int8send", "((random() - 0.5) * 1.8e19)::int8", (_, _) -> {});
        check(Oid.OID, "oidsend", "((random() * 4294967295)::int8)::oid", (_, _) -> {});
        check(Oid.BOOL, "boolsend", "random() < 0.5", (_, _) -> {});
    }

    @Test
    void floating_point_numbers() {
        check(Oid.FLOAT8, "float8send", "((random() - 0.5) * power(10::float8, (random() * 40 - 20)::int))::float8", (_, _) -> {});
        check(Oid.FLOAT8, "float8send", "(random() * power(10::float8, (random() * 600 - 300)::int))::float8", (_, _) -> {});
        check(Oid.FLOAT8, "float8send", "(i * power(10::float8, i % 20))::float8", (_, _) -> {});
        check(Oid.FLOAT4, "float4send", "((random() - 0.5) * power(10::float8, (random() * 60 - 30)::int))::float4", (_, _) -> {});
        check(Oid.FLOAT4, "float4send", "(i * power(10::float8, i % 10))::float4", (_, _) -> {});
        check(Oid.FLOAT8, "float8send", "(ARRAY['NaN', 'Infinity', '-Infinity', '-0', '5e-324'])[i % 5 + 1]::float8", (_, _) -> {});
    }

    @Test
    void numbers() {
        Check further = (text, bytes) -> {
            if (!PgNumeric.isSpecial(Tuple.BINARY, bytes, 0, bytes.length)) {
                assertThat(PgNumeric.binary(text)).isEqualTo(bytes);
                checkUnscaled(text, bytes);
            }
        };
        check(
                Oid.NUMERIC,
                "numeric_send",
                "round(((random() - 0.5) * power(10::numeric, (random() * 30)::int))::numeric, (random() * 12)::int)",
                further);
        check(
                Oid.NUMERIC,
                "numeric_send",
                "trim_scale(((random() - 0.5) * 1e6)::numeric(30, 6)) * power(10::numeric, (random() * 20)::int)",
                further);
        check(Oid.NUMERIC, "numeric_send", "(random() * 1e-3)::numeric(30, 25)", further);
        check(
                Oid.NUMERIC,
                "numeric_send",
                "(ARRAY['0', '0.000', '-0.0001', 'NaN', 'Infinity', '-Infinity', '10000', '1e-20'])[i % 8 + 1]::numeric",
                further);
    }

    /// The quick readers give the exact value or say that they cannot.
    private static void checkUnscaled(String text, byte[] bytes) {
        for (int scale : new int[] {0, 2, 9}) {
            long fromBinary = PgNumeric.unscaledBinary(bytes, 0, bytes.length, scale);
            long fromText = PgNumeric.unscaledText(ascii(text), 0, text.length(), scale);
            for (long found : new long[] {fromBinary, fromText}) {
                if (found != PgNumeric.NOT_SHORT) {
                    assertThat(BigDecimal.valueOf(found, scale)).isEqualByComparingTo(new BigDecimal(text));
                }
            }
        }
    }

    @Test
    void dates_and_times() {
        check(Oid.DATE, "date_send", "'2000-01-01'::date + ((random() - 0.5) * 1400000)::int", (text, bytes) ->
                assertThat(PgDate.parse(ascii(text), 0, text.length())).isEqualTo(Tuple.int32(bytes, 0)));
        check(Oid.TIMESTAMP, "timestamp_send", "'2000-01-01'::timestamp + (random() - 0.5) * interval '8000 years'", (text, bytes) ->
                assertThat(PgTime.parseTimestamp(ascii(text), 0, text.length())).isEqualTo(Tuple.int64(bytes, 0)));
        check(Oid.TIMESTAMPTZ, "timestamptz_send", "'1900-01-01'::timestamptz + random() * interval '1000 years'", (text, bytes) ->
                assertThat(PgTime.parseTimestamp(ascii(text), 0, text.length())).isEqualTo(Tuple.int64(bytes, 0)));
        check(Oid.TIME, "time_send", "(random() * interval '24 hours')::time", (text, bytes) ->
                assertThat(PgTime.parseTime(ascii(text), 0, text.length())).isEqualTo(Tuple.int64(bytes, 0)));
        check(
                Oid.TIMETZ,
                "timetz_send",
                "((random() * interval '23 hours')::time::text || (ARRAY['+00', '-03:30', '+15:59:59'])[i % 3 + 1])::timetz",
                (_, _) -> {});
    }

    @Test
    void timestamps_in_other_zones() {
        database.execute("SET TimeZone = 'Asia/Kolkata'");
        List<List<@Nullable String>> rows = database.query("""
                SELECT format('%s', v), encode(timestamptz_send(v), 'hex')
                FROM (SELECT '1900-01-01'::timestamptz + random() * interval '300 years' AS v FROM generate_series(1, 1000)) AS x""");
        database.execute("SET TimeZone = 'UTC'");
        for (List<@Nullable String> row : rows) {
            String text = String.valueOf(row.get(0));
            assertThat(PgTime.parseTimestamp(ascii(text), 0, text.length()))
                    .isEqualTo(Tuple.int64(HexFormat.of().parseHex(String.valueOf(row.get(1))), 0));
        }
    }

    @Test
    void intervals() {
        Check further = (text, bytes) ->
                assertThat(PgInterval.parse(ascii(text), 0, text.length())).isEqualTo(PgInterval.read(bytes, 0));
        check(Oid.INTERVAL, "interval_send", """
                make_interval(months => ((random() - 0.5) * 50)::int * (random() * 2)::int, days => ((random() - 0.5) * 50)::int,
                    secs => (random() - 0.5) * 1e6)""", further);
        check(Oid.INTERVAL, "interval_send", "make_interval(months => (i % 7) - 3, days => (i % 5) - 2, secs => (i % 3) - 1)", further);
        check(Oid.INTERVAL, "interval_send", "(ARRAY['infinity', '-infinity', '0', '-00:00:00.5'])[i % 4 + 1]::interval", further);
    }

    @Test
    void addresses_and_others() {
        check(Oid.INET, "inet_send", "('1.2.3.4'::inet + (random() * 1000000000)::int8)", (_, _) -> {});
        check(
                Oid.INET,
                "inet_send",
                "set_masklen('::'::inet + (random() * power(2, (random() * 60)::int))::int8, 128 - i % 128)",
                (_, _) -> {});
        check(Oid.INET, "inet_send", """
                array_to_string(ARRAY(SELECT CASE WHEN random() < 0.6 + i * 0 THEN '0' ELSE to_hex((random() * 65535)::int) END
                    FROM generate_series(1, 8)), ':')::inet""", (_, _) -> {});
        check(Oid.UUID, "uuid_send", "gen_random_uuid()", (_, _) -> {});
        check(Oid.BYTEA, "byteasend", "decode(md5(random()::text), 'hex')", (_, _) -> {});
        check(Oid.JSONB, "jsonb_send", "jsonb_build_object('a', random(), 'b', ARRAY[i])", (_, _) -> {});
    }
}
