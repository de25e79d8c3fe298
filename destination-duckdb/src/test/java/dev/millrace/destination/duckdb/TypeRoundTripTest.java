package dev.millrace.destination.duckdb;

import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every type's values, the ends of its range among them.
class TypeRoundTripTest {

    @SuppressWarnings("NullAway.Init")
    private static TestDatabase database;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @BeforeAll
    static void start() {
        database = TestPostgres.latest().newDatabase();
        database.execute(
                "ALTER DATABASE %s SET TimeZone = 'UTC'".formatted(database.name()),
                "SET TimeZone = 'UTC'",
                "CREATE TYPE mood AS ENUM ('sad', 'very happy')",
                "CREATE DOMAIN amount AS numeric(8, 3)",
                "CREATE TYPE pair AS (a int4, b text)",
                "SET lc_monetary = 'C'",
                "CREATE EXTENSION hstore",
                "CREATE EXTENSION cube",
                "CREATE EXTENSION ltree",
                "CREATE EXTENSION citext");
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    private void check(TypeRoundTrip trip) {
        trip.check(database, folder);
    }

    @Test
    void booleans() {
        check(TypeRoundTrip.of("bool", "BOOLEAN").add("true", "true").add("false", "false"));
    }

    @Test
    void whole_numbers() {
        check(TypeRoundTrip.of("int2", "SMALLINT").same("0").same("-32768").same("32767"));
        check(TypeRoundTrip.of("int4", "INTEGER").same("-1").same("-2147483648").same("2147483647"));
        check(TypeRoundTrip.of("int8", "BIGINT").same("0").same("-9223372036854775808").same("9223372036854775807"));
        check(TypeRoundTrip.of("oid", "UINTEGER").same("0").same("4294967295"));
    }

    @Test
    void floating_point_numbers() {
        check(TypeRoundTrip.of("float4", "FLOAT")
                .add("'0.1'", "0.1")
                .add("'NaN'", "nan")
                .add("'-Infinity'", "-inf")
                .add("'3.4028235e38'", "3.4028235e+38"));
        check(TypeRoundTrip.of("float8", "DOUBLE")
                .add("'0.1'", "0.1")
                .add("'-0'", "-0.0")
                .add("'5e-324'", "5e-324")
                .add("'1.7976931348623157e308'", "1.7976931348623157e+308")
                .add("'Infinity'", "inf")
                .add("'NaN'", "nan"));
    }

    @Test
    void numbers_with_a_precision() {
        check(TypeRoundTrip.of("numeric(4,2)", "DECIMAL(4,2)").same("99.99").same("-99.99").same("0.00").same("0.01"));
        check(TypeRoundTrip.of("numeric(9,0)", "DECIMAL(9,0)").same("999999999").same("-1"));
        check(TypeRoundTrip.of("numeric(18,4)", "DECIMAL(18,4)").same("99999999999999.9999").same("-0.0001").same("10000.0000"));
        check(TypeRoundTrip.of("numeric(38,10)", "DECIMAL(38,10)")
                .same("9999999999999999999999999999.9999999999")
                .same("-9999999999999999999999999999.9999999999")
                .same("1.0000000000"));
        check(TypeRoundTrip.of("numeric(3,5)", "DECIMAL(6,5)").same("0.00999").same("-0.00001"));
        check(TypeRoundTrip.of("numeric(3,-2)", "DECIMAL(5,0)").same("99900").same("-100"));
        check(TypeRoundTrip.of("amount", "DECIMAL(8,3)").same("12345.678"));
    }

    @Test
    void numbers_without_a_precision() {
        check(TypeRoundTrip.of("numeric", "DECIMAL(38,9)")
                .add("'1.5'", "1.500000000")
                .add("'-12345678901234567890123456789.123456789'", "-12345678901234567890123456789.123456789")
                .add("'0.000000001'", "0.000000001")
                .add("'100000000'", "100000000.000000000"));
    }

    @Test
    void numbers_that_no_decimal_holds_are_kept_as_text() {
        check(TypeRoundTrip.of("numeric", "VARCHAR")
                .same("0.0000000001")
                .same("NaN")
                .same("Infinity")
                .same("-Infinity")
                .same("1" + "0".repeat(40)));
        check(TypeRoundTrip.of("numeric(5,2)", "VARCHAR").same("NaN").same("1.50").same("-100.00"));
        check(TypeRoundTrip.of("numeric(60,30)", "VARCHAR").same("123456789012345678901234567890.123456789012345678901234567890"));
    }

    @Test
    void texts() {
        check(TypeRoundTrip.of("text", "VARCHAR")
                .same("")
                .same("ä€😀")
                .same("exactly 12 b")
                .same("thirteen byte")
                .same("x".repeat(100_000))
                .same("a\"b'c\\d\ne"));
        check(TypeRoundTrip.of("varchar(5)", "VARCHAR").same("abc"));
        check(TypeRoundTrip.of("char(5)", "VARCHAR").add("'ab'", "ab   "));
        check(TypeRoundTrip.of("name", "VARCHAR").same("pg_class"));
        check(TypeRoundTrip.of("\"char\"", "VARCHAR").same("x"));
        check(TypeRoundTrip.of("citext", "VARCHAR").same("MiXed"));
        check(TypeRoundTrip.of("mood", "VARCHAR").same("sad").same("very happy"));
    }

    @Test
    void bytes() {
        check(TypeRoundTrip.of("bytea", "BLOB").add("'\\x'", "").add("'\\x00ff41'", "\\x00\\xFFA"));
    }

    @Test
    void dates_and_timestamps() {
        check(TypeRoundTrip.of("date", "DATE")
                .same("1970-01-01")
                .same("1999-12-31")
                .same("2024-02-29")
                .same("infinity")
                .same("-infinity")
                .add("'4714-11-24 BC'", "4714-11-24 (BC)")
                .add("'0001-12-31 BC'", "0001-12-31 (BC)")
                .same("5874897-12-31"));
        check(TypeRoundTrip.of("timestamp", "TIMESTAMP")
                .same("2024-02-29 23:59:59.999999")
                .same("1969-12-31 23:59:59.5")
                .same("infinity")
                .same("-infinity")
                .add("'4714-11-24 00:00:00 BC'", "4714-11-24 (BC) 00:00:00")
                .same("294247-01-10 04:00:54.775806"));
        check(TypeRoundTrip.of("timestamptz", "TIMESTAMP WITH TIME ZONE")
                .add("'2024-03-31 01:30:00+02'", "2024-03-30 23:30:00+00")
                .same("1883-11-18 12:00:00.000001+00")
                .same("infinity")
                .same("-infinity"));
    }

    @Test
    void timestamps_beyond_duckdbs_end_are_kept_as_text() {
        check(TypeRoundTrip.of("timestamp", "VARCHAR")
                .same("294276-12-31 23:59:59.999999")
                .same("2024-01-01 00:00:00")
                .same("0044-03-15 12:00:00 BC"));
        check(TypeRoundTrip.of("timestamptz", "VARCHAR").same("294276-12-31 23:59:59.999999+00").same("2024-01-01 00:00:00.25+00"));
    }

    @Test
    void times_and_intervals() {
        check(TypeRoundTrip.of("time", "TIME").same("00:00:00").same("23:59:59.999999").same("24:00:00"));
        check(TypeRoundTrip.of("timetz", "TIME WITH TIME ZONE")
                .same("12:00:00.5+00")
                .same("00:00:00-15:59")
                .same("24:00:00+15:59")
                .same("01:02:03+05:30:15"));
        check(TypeRoundTrip.of("interval", "INTERVAL")
                .add("'1 year 2 mons 3 days 04:05:06.789'", "1 year 2 months 3 days 04:05:06.789")
                .add("'-1 mon +1 day -00:00:00.000001'", "-1 month 1 day -00:00:00.000001")
                .add("'0'", "00:00:00")
                .add("'178000000 years'", "178000000 years"));
    }

    @Test
    void infinite_intervals_are_kept_as_text() {
        check(TypeRoundTrip.of("interval", "VARCHAR").same("infinity").same("-infinity"));
    }

    @Test
    void uuids_and_json() {
        check(TypeRoundTrip.of("uuid", "UUID").same("00000000-0000-0000-0000-000000000000").same("ffffffff-ffff-4fff-bfff-ffffffffffff"));
        check(TypeRoundTrip.of("json", "JSON")
                .same("{\"a\" : 1,  \"a\": 2}")
                .same("null")
                .same("1e999")
                .same("\"\\u0000 \\ud83d\\ude00 \\\\ud800\""));
        check(TypeRoundTrip.of("jsonb", "JSON").same("{\"a\": [1, 2.50, null]}").same("\"ä\""));
    }

    @Test
    void json_that_duckdb_refuses_is_kept_as_text() {
        check(TypeRoundTrip.of("json", "VARCHAR").same("\"\\ud800\"").same("{\"a\": 1}"));
    }

    @Test
    void arrays() {
        check(TypeRoundTrip.of("int4[]", "INTEGER[]").add("'{}'", "[]").add("'{1,NULL,-3}'", "[1, NULL, -3]"));
        check(TypeRoundTrip.of("text[]", "VARCHAR[]")
                .add("'{a,\"b c\",NULL,\"NULL\",\"\",\"q\\\"\\\\\"}'", "[a, b c, NULL, 'NULL', '', 'q\"\\\\']"));
        check(TypeRoundTrip.of("numeric(6,2)[]", "DECIMAL(6,2)[]").add("'{1.5,NULL}'", "[1.50, NULL]"));
        check(TypeRoundTrip.of("bool[]", "BOOLEAN[]").add("'{t,f}'", "[true, false]"));
        check(TypeRoundTrip.of("float8[]", "DOUBLE[]").add("'{NaN,Infinity,0.1}'", "[nan, inf, 0.1]"));
        check(TypeRoundTrip.of("date[]", "DATE[]")
                .add("'{2024-02-29,infinity,0044-03-15 BC}'", "[2024-02-29, infinity, '0044-03-15 (BC)']"));
        check(TypeRoundTrip.of("timestamptz[]", "TIMESTAMP WITH TIME ZONE[]")
                .add("'{2024-02-29 00:00:00+01}'", "['2024-02-28 23:00:00+00']"));
        check(TypeRoundTrip.of("uuid[]", "UUID[]")
                .add("'{ffffffff-ffff-4fff-bfff-ffffffffffff}'", "[ffffffff-ffff-4fff-bfff-ffffffffffff]"));
        check(TypeRoundTrip.of("bytea[]", "BLOB[]").add("ARRAY['\\x00ff'::bytea, NULL]", "['\\\\x00\\\\xFF', NULL]"));
        check(TypeRoundTrip.of("interval[]", "INTERVAL[]").add("'{-1 mon 00:00:01}'", "['-1 month 00:00:01']"));
        check(TypeRoundTrip.of("json[]", "JSON[]").add("ARRAY['{\"a\": 1}'::json]", "[{\"a\": 1}]"));
        check(TypeRoundTrip.of("mood[]", "VARCHAR[]").add("'{sad,very happy}'", "[sad, very happy]"));
    }

    @Test
    void arrays_that_no_list_holds_are_kept_as_text() {
        check(TypeRoundTrip.of("int4[]", "VARCHAR").same("{{1,2},{3,4}}").same("{1,NULL}").same("[2:3]={1,2}").same("{}"));
        check(TypeRoundTrip.of("text[]", "VARCHAR").same("{{a}}").same("{\"b c\",NULL,\"NULL\",\"\",\"q\\\"\\\\\",\"x,y\"}"));
        check(TypeRoundTrip.of("numeric[]", "VARCHAR").same("{0.0000000001,2}").same("{NaN}"));
    }

    @Test
    void types_without_a_counterpart_are_postgresqls_text() {
                check(TypeRoundTrip.of("inet", "VARCHAR")
                .same("10.0.0.1/8")
                .same("10.0.0.1")
                .same("::1")
                .same("::")
                .same("::1.2.3.4")
                .same("::ffff:1.2.3.4/96")
                .same("2001:db8::1:0:0:1")
                .same("2001:0:1::/48")
                .same("1:2:3:4:5:6:7:8")
                .same("fe80::/10")
                .same("1:0:3:4:5:6:7:0"));
        check(TypeRoundTrip.of("cidr", "VARCHAR").same("10.0.0.1/32").same("2001:db8::/32"));
        check(TypeRoundTrip.of("macaddr", "VARCHAR").same("08:00:2b:01:02:03"));
        check(TypeRoundTrip.of("bit(3)", "VARCHAR").same("101"));
        check(TypeRoundTrip.of("xml", "VARCHAR").same("<a>b</a>"));
        check(TypeRoundTrip.of("tsvector", "VARCHAR").same("'a':1 'b':2"));
        check(TypeRoundTrip.of("regclass", "VARCHAR").same("pg_class"));
        check(TypeRoundTrip.of("cube", "VARCHAR").same("(1, 2),(3, 4)").same("(0.1)"));
        check(TypeRoundTrip.of("ltree", "VARCHAR").same("a.b_c").same(""));
    }

    @Test
    void money_has_the_decimals_of_its_locale() {
        check(TypeRoundTrip.of("money", "DECIMAL(19,2)")
                .add("'$1,234.50'", "1234.50")
                .add("'-92233720368547758.08'", "-92233720368547758.08")
                .add("'92233720368547758.07'", "92233720368547758.07"));
    }

    @Test
    void values_with_parts_are_json() {
        check(TypeRoundTrip.of("point", "JSON")
                .add("'(1,2.5)'", "{\"type\":\"Point\",\"coordinates\":[1,2.5]}")
                .add("'(NaN,-Infinity)'", "{\"type\":\"Point\",\"coordinates\":[\"NaN\",\"-Infinity\"]}"));
        check(TypeRoundTrip.of("line", "JSON").add("'{1,2,3}'", "{\"type\":\"InfiniteLine\",\"coefficients\":[1,2,3]}"));
        check(TypeRoundTrip.of("lseg", "JSON").add("'[(1,2),(3,4)]'", "{\"type\":\"LineString\",\"coordinates\":[[1,2],[3,4]]}"));
        check(TypeRoundTrip.of("path", "JSON")
                .add("'((1,2),(3,4))'", "{\"type\":\"MultiLineString\",\"closed\":true,\"coordinates\":[[1,2],[3,4]]}")
                .add("'[(1,2),(3,4)]'", "{\"type\":\"MultiLineString\",\"closed\":false,\"coordinates\":[[1,2],[3,4]]}"));
        check(TypeRoundTrip.of("box", "JSON")
                .add("'(3,4),(1,2)'", "{\"type\":\"Polygon\",\"coordinates\":[[3,4],[3,2],[1,2],[1,4]]}"));
        check(TypeRoundTrip.of("polygon", "JSON")
                .add("'((1,2),(3,4))'", "{\"type\":\"Polygon\",\"coordinates\":[[[1,2],[3,4]]]}"));
        check(TypeRoundTrip.of("circle", "JSON").add("'<(1,2),3>'", "{\"type\":\"Circle\",\"center\":[1,2],\"radius\":3}"));
        check(TypeRoundTrip.of("int4range", "JSON")
                .add("'[1,5)'", "{\"start_value\":1,\"end_value\":5,\"start_bound\":\"inclusive\",\"end_bound\":\"exclusive\"}")
                .add("'(,5)'", "{\"end_value\":5,\"start_bound\":\"open\",\"end_bound\":\"exclusive\"}")
                .add("'empty'", "{\"empty\":true}"));
        check(TypeRoundTrip.of("tstzrange", "JSON")
                .add("'[2020-01-01 00:00:00+00,infinity]'", "{\"start_value\":\"2020-01-01T00:00:00+00:00\",\"end_value\":\"infinity\","
                        + "\"start_bound\":\"inclusive\",\"end_bound\":\"inclusive\"}"));
        check(TypeRoundTrip.of("int4multirange", "JSON")
                .add("'{[1,5)}'", "[{\"start_value\":1,\"end_value\":5,\"start_bound\":\"inclusive\",\"end_bound\":\"exclusive\"}]")
                .add("'{}'", "[]"));
        check(TypeRoundTrip.of("hstore", "JSON").add("'\"a\"=>\"1\", \"b\"=>NULL'", "{\"a\": \"1\", \"b\": null}"));
        check(TypeRoundTrip.of("pair", "JSON").add("'(1,\"a b\")'", "{\"a\":1,\"b\":\"a b\"}").add("'(,)'", "{\"a\":null,\"b\":null}"));
        check(TypeRoundTrip.of("pair[]", "JSON")
                .add("ARRAY['(1,x)'::pair, NULL]", "[{\"a\":1,\"b\":\"x\"},null]")
                .add("'[2:2]={\"(1,x)\"}'", "\"[2:2]={\\\"(1,x)\\\"}\""));
    }
}
