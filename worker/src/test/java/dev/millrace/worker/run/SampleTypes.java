package dev.millrace.worker.run;

import java.util.ArrayList;
import java.util.List;

/// Every type that a column can have: built in, of PostgreSQL's extensions, and made by a user.
final class SampleTypes {

    /// What the types and the expressions need in the database. Everything by chance grows from `setseed`.
    static final List<String> DDL = List.of(
            "CREATE EXTENSION hstore",
            "CREATE EXTENSION citext",
            "CREATE EXTENSION ltree",
            "CREATE EXTENSION cube",
            "CREATE EXTENSION isn",
            "CREATE EXTENSION seg",
            "CREATE TYPE mood AS ENUM ('sad', 'so, so', 'very \"happy\"', 'NULL', '{}')",
            "CREATE DOMAIN amount AS numeric(8, 3)",
            "CREATE DOMAIN ints AS int4[]",
            "CREATE TYPE pair AS (a int4, \"b B\" text)",
            "CREATE DOMAIN some_pair AS pair",
            """
            CREATE TYPE everything AS (t timestamptz, u timestamp, d date, f float8, n numeric, y bytea, p pair, r int4range,
                l int4[], h hstore, j json, jb jsonb, i interval, ok bool, m mood, w amount, ps pair[], x text)""",
            "CREATE TYPE moneyrange AS RANGE (subtype = money)",
            "CREATE TYPE priced AS (name text, price money, steps money[], valid moneyrange)",
            "CREATE TYPE floats AS RANGE (subtype = float8)",
            "CREATE TYPE words AS RANGE (subtype = text, collation = \"C\")",
            """
            CREATE FUNCTION any_text() RETURNS text LANGUAGE sql VOLATILE AS $$
                SELECT coalesce(string_agg(chr(CASE
                    WHEN random() < 0.5 THEN ascii(substr('"\\{}()[],;''=>< NULnul:.0', 1 + (random() * 23)::int, 1))
                    WHEN random() < 0.5 THEN 32 + (random() * 90)::int
                    WHEN random() < 0.3 THEN 1 + (random() * 30)::int
                    WHEN random() < 0.5 THEN 161 + (random() * 50000)::int
                    ELSE 65536 + (random() * 1000000)::int END), ''), '')
                FROM generate_series(1, (random() * 12)::int) $$""",
            """
            CREATE FUNCTION any_float() RETURNS float8 LANGUAGE sql VOLATILE AS $$
                SELECT CASE WHEN random() < 0.4 THEN round((random() * 1000)::numeric, 2)::float8
                    ELSE (random() - 0.5) * power(10::float8, (random() * 60 - 30)::int) END $$""",
            """
            CREATE FUNCTION any_numeric() RETURNS numeric LANGUAGE sql VOLATILE AS $$
                SELECT round(((random() - 0.5) * power(10::numeric, (random() * 18)::int))::numeric, (random() * 9)::int) $$""",
            """
            CREATE FUNCTION any_time() RETURNS timestamp LANGUAGE sql VOLATILE AS $$
                SELECT CASE WHEN random() < 0.1 THEN 'infinity' WHEN random() < 0.1 THEN '-infinity' WHEN random() < 0.3
                    THEN timestamp '0300-01-01 BC' + random() * interval '900 years'
                    ELSE timestamp '1900-01-01' + random() * interval '200 years' END $$""",
            """
            CREATE FUNCTION any_interval() RETURNS interval LANGUAGE sql VOLATILE AS $$
                SELECT make_interval(months => (random() * 60 - 30)::int, days => (random() * 80 - 40)::int,
                    secs => round(((random() - 0.5) * 1e6)::numeric, (random() * 6)::int)::float8) $$""",
            "CREATE FUNCTION any_point() RETURNS point LANGUAGE sql VOLATILE AS $$ SELECT point(any_float(), any_float()) $$",
            "CREATE FUNCTION any_pair() RETURNS pair LANGUAGE sql VOLATILE AS $$ SELECT CASE WHEN random() < 0.2 THEN ROW(NULL, NULL)::pair"
                    + " WHEN random() < 0.2 THEN ROW(1, NULL)::pair ELSE ROW((random() * 1000)::int, any_text())::pair END $$");

    private SampleTypes() {}

    /// The types of a major version.
    static List<SampleType> of(int version) {
        List<SampleType> all = new ArrayList<>();
        numbers(all, version);
        texts(all, version);
        times(all, version);
        others(all, version);
        extensions(all);
        madeByUsers(all);
        return all;
    }

    private static void numbers(List<SampleType> all, int version) {
        all.add(SampleType.of("bool", "random() < 0.5"));
        all.add(SampleType.of("int2", "(random() * 65535 - 32768)::int2", "'-32768'", "32767"));
        all.add(SampleType.of("int4", "(random() * 4294967295 - 2147483648)::int4", "-2147483648", "2147483647"));
        all.add(SampleType.of("int8", "((random() - 0.5) * 1.8e19)::int8", "-9223372036854775808", "9223372036854775807"));
        all.add(SampleType.of("oid", "(random() * 4294967295)::int8::oid", "0", "4294967295"));
        all.add(SampleType.of("float4", "any_float()::float4", "'NaN'", "'Infinity'", "'-Infinity'", "'-0'", "'1e-45'", "3.4028235e38"));
        all.add(SampleType.of("float8", "any_float()", "'NaN'", "'Infinity'", "'-Infinity'", "'-0'", "'5e-324'", "1.7976931348623157e308"));
        all.add(SampleType.of("numeric", "any_numeric()"));
        String longest = "repeat('9', 500)::numeric + ('0.' || repeat('9', 500))::numeric";
        all.add(SampleType.of("numeric(1000, 500)", "any_numeric()", longest, "-(" + longest + ")", "('0.' || repeat('0', 499) || '1')::numeric"));
        all.add(SampleType.of("numeric", "any_numeric()", "'NaN'", longest, "'-0.00000000000000000001'", "1e131071"));
        all.add(SampleType.of("numeric(12, 2)", "any_numeric()::numeric % 1000000000", "'NaN'", "-9999999999.99"));
        if (version >= 14) {
            all.add(SampleType.of("numeric", "any_numeric()", "'Infinity'", "'-Infinity'"));
        }
        if (version >= 15) {
            all.add(SampleType.of("numeric(3, 5)", "(random() / 101)::numeric(3, 5)", "0.00999"));
            all.add(SampleType.of("numeric(3, -2)", "(random() * 9e4)::numeric(3, -2)", "99900"));
        }
        all.add(SampleType.of(
                "money", "(any_numeric() % 1e15)::numeric::money", "'-92233720368547758.08'", "'92233720368547758.07'", "'-0.01'"));
    }

    private static void texts(List<SampleType> all, int version) {
        all.add(SampleType.of("text", "any_text()", "''", "repeat('x', 100000)", "chr(1114111)", "chr(65536) || chr(131072) || chr(917505)"));
        all.add(SampleType.of("varchar(40)", "any_text()", "''"));
        all.add(SampleType.of("char(5)", "'a' || (i % 100)", "''", "'abcde'"));
        all.add(SampleType.of("name", "left(any_text(), 15)", "''"));
        all.add(SampleType.of("\"char\"", "chr(1 + (random() * 126)::int)::\"char\"", "''"));
        all.add(SampleType.of("bytea", "decode(md5(i::text), 'hex')", "''", "'\\x00ff'", "decode(repeat('5c', 5000), 'hex')"));
        all.add(SampleType.of("bit(11)", "(random() * 2047)::int::bit(11)", "B'00000000000'"));
        all.add(SampleType.of("varbit", "right(((random() * 1e15)::int8::bit(64))::text, (random() * 64)::int)::varbit", "B''", "B'1'"));
        all.add(SampleType.of("json", "json_build_object('k', any_text(), 'n', any_numeric())", "'{\"a\" : 1,  \"a\": 2}'", "'null'", "'1e999'"));
        all.add(SampleType.of("json", "to_json(any_text())", "'\"\\ud800\"'", "'\"\\udc00 \\ud800\"'", "'\"\\u0000\"'"));
        all.add(SampleType.of("jsonb", "jsonb_build_object('k', any_text(), 'n', any_numeric(), 'l', jsonb_build_array(1, NULL))", "'{}'"));
        if (version >= 12) {
            all.add(SampleType.of("jsonpath", "'$.a[*] ? (@ > 1)'::jsonpath", "'strict $'"));
        }
        all.add(SampleType.of(
                "xml", "xmlelement(name a, xmlattributes(i AS b), i)", "'<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>ä</a>'", "'text'",
                "'<?xml version=\"1.1\" standalone=\"yes\"?><a/>'"));
        all.add(SampleType.of("uuid", "md5(i::text)::uuid", "'00000000-0000-0000-0000-000000000000'"));
        all.add(SampleType.of("refcursor", "any_text()::refcursor"));
    }

    private static void times(List<SampleType> all, int version) {
        all.add(SampleType.of("date", "any_time()::date", "'4713-01-01 BC'", "'5874897-12-31'", "'infinity'", "'-infinity'"));
        all.add(SampleType.of("time", "(any_interval())::time", "'24:00:00'", "'00:00:00'", "'23:59:59.999999'"));
        all.add(SampleType.of(
                "timetz", "(any_interval()::time || to_char((random() * 28 - 14)::int, 'S00') || ':30:15')::timetz",
                "'24:00:00+15:59:59'", "'00:00:00-15:59'", "'01:02:03.000004+05:30:15'"));
        all.add(SampleType.of("timestamp", "any_time()", "'4714-11-24 00:00:00 BC'"));
        all.add(SampleType.of("timestamp", "any_time()", "'4714-11-24 00:00:00 BC'", "'294276-12-31 23:59:59.999999'"));
        all.add(SampleType.of("timestamptz", "any_time() AT TIME ZONE 'Asia/Kolkata'"));
        all.add(SampleType.of("timestamptz", "any_time() AT TIME ZONE 'UTC'", "'294276-12-31 23:59:59.999999+00'"));
        all.add(SampleType.of("interval", "any_interval()", "'178000000 years'", "'-178000000 years'", "'-1 mon +1 day -00:00:00.000001'"));
        if (version >= 17) {
            all.add(SampleType.of("interval", "any_interval()", "'infinity'", "'-infinity'"));
        }
    }

    private static void others(List<SampleType> all, int version) {
        String floatEnds = "'(NaN,Infinity)'";
        all.add(SampleType.of("point", "any_point()", floatEnds, "'(-0,1e-300)'", "'(-Infinity,1)'"));
        all.add(SampleType.of("line", "('{' || i || ',' || any_float() || ',' || any_float() || '}')::line", "'{1,-1,0}'"));
        all.add(SampleType.of("lseg", "lseg(any_point(), any_point())", "'[(NaN,1),(Infinity,2)]'"));
        all.add(SampleType.of("box", "box(any_point(), any_point())", "'(1,2),(1,2)'"));
        all.add(SampleType.of("path", "popen(path(polygon(box(any_point(), any_point()))))", "'((1,2))'", "'[(1,2),(3,4)]'"));
        all.add(SampleType.of("polygon", "polygon(box(any_point(), any_point()))", "'((1,2))'"));
        all.add(SampleType.of("circle", "circle(any_point(), abs(any_float()))", "'<(1,2),0>'", "'<(NaN,1),Infinity>'"));
        all.add(SampleType.of("inet", "('10.0.0.0'::inet + (i * 97))", "'::1'", "'10.1.2.3/8'", "'::ffff:1.2.3.4/96'", "'1:2:3:4:5:6:7:8/64'"));
        all.add(SampleType.of("cidr", "set_masklen(('10.0.0.0'::inet + i * 256)::cidr, 24)::cidr", "'::/0'", "'10.1.2.3/32'"));
        all.add(SampleType.of("macaddr", "left(md5(i::text), 12)::macaddr", "'ff:ff:ff:ff:ff:ff'"));
        all.add(SampleType.of("macaddr8", "left(md5(i::text), 16)::macaddr8", "'00:00:00:00:00:00:00:00'"));
        all.add(SampleType.of(
                "tsvector", "to_tsvector('simple', regexp_replace(any_text(), '[[:cntrl:]]', ' ', 'g') || ' word other word')",
                "''", "'a:1A,2B fat:3C,16383D'", "$$'it''s' 'back\\\\slash' 'a b'$$"));
        all.add(SampleType.of(
                "tsquery", "('(a' || i || ' | b) & !c:*AB')::tsquery", "''", "'a <-> (b <2> c)'", "'!(a & b) | !!c'", "'(a <-> b) <-> c'",
                "$$'it''s' & 'back\\\\slash':D$$", "'a | b & c <-> !d'", "'(a | b) <-> (c & d)'"));
        all.add(SampleType.of("tid", "('(' || i || ',' || i + 1 || ')')::tid", "'(4294967295,65535)'"));
        all.add(SampleType.of("xid", "(i * 1000)::text::xid", "'4294967295'"));
        all.add(SampleType.of("cid", "(i * 1000)::text::cid"));
        all.add(SampleType.of("pg_lsn", "('A' || i || '/' || i)::pg_lsn", "'FFFFFFFF/FFFFFFFF'", "'0/0'"));
        all.add(SampleType.of("txid_snapshot", "(i || ':' || i + 9 || ':' || i + 3 || ',' || i + 5)::txid_snapshot", "'1:1:'"));
        if (version >= 13) {
            all.add(SampleType.of("xid8", "(i * 10000000000)::text::xid8", "'18446744073709551615'"));
            all.add(SampleType.of("pg_snapshot", "(i || ':' || i + 9 || ':' || i + 3)::pg_snapshot", "'1:1:'"));
        }
        all.add(SampleType.of("int2vector", "(i || ' ' || i + 1)::int2vector", "''"));
        all.add(SampleType.of("oidvector", "(i || ' 4294967295')::oidvector", "''"));
        all.add(SampleType.of("int4range", "int4range(i, i + 5)", "'empty'", "'(,)'", "'[1,)'", "'(,5]'"));
        all.add(SampleType.of("int8range", "int8range(i, NULL)", "'empty'"));
        all.add(SampleType.of("numrange", "numrange(i * 0.5, i + any_numeric() ^ 2, '[]')", "'[1.00,2.50)'"));
        all.add(SampleType.of("daterange", "daterange('2020-01-01', '2020-01-01'::date + i)", "'[2020-01-01,infinity)'"));
        all.add(SampleType.of("tsrange", "tsrange(least(any_time(), '2050-01-01'), '2051-01-01 00:00:00.5')", "'(-infinity,infinity]'"));
        all.add(SampleType.of("tstzrange", "tstzrange(NULL, '2051-01-01 00:00:00.5+02')", "'[0044-03-15 BC,2000-01-01 00:00:00+00]'"));
        if (version >= 14) {
            all.add(SampleType.of("int4multirange", "int4multirange(int4range(i, i + 5), int4range(i + 9, NULL))", "'{}'"));
            all.add(SampleType.of("tstzmultirange", "tstzmultirange(tstzrange('2020-01-01', '2021-01-01'))", "'{}'"));
            all.add(SampleType.of("nummultirange[]", "ARRAY[nummultirange(numrange(i, i + 1)), NULL]", "'{}'"));
        }
    }

    private static void extensions(List<SampleType> all) {
        all.add(SampleType.of("hstore", "hstore(ARRAY[any_text(), 'b'], ARRAY[any_text(), NULL])", "''", "'a=>NULL, b=>\"NULL\"'"));
        all.add(SampleType.of("citext", "any_text()::citext", "''"));
        all.add(SampleType.of("ltree", "('top.a' || i || '.B_c')::ltree", "''"));
        all.add(SampleType.of("lquery", "('*.a' || i || '*@.!b')::lquery"));
        all.add(SampleType.of("ltxtquery", "('a' || i || ' & !b*')::ltxtquery"));
        all.add(SampleType.of("cube", "cube(ARRAY[any_float(), any_float()], ARRAY[any_float(), any_float()])", "'(1)'", "'(0, 0.1, -2)'"));
        all.add(SampleType.of("isbn13", "isbn13 '978-0-11-000533-1'"));
        all.add(SampleType.of("seg", "('1.' || i || ' .. 3.50')::seg", "'~5'", "'> 2'", "'1.00(+-)0.10'"));
        all.add(SampleType.of("hstore[]", "ARRAY[hstore('a', any_text()), NULL]", "'{}'", "ARRAY[ARRAY[hstore('a', 'b')], ARRAY[hstore('')]]"));
        all.add(SampleType.of("citext[]", "ARRAY[any_text()::citext, NULL]", "'{}'"));
    }

    private static void madeByUsers(List<SampleType> all) {
        all.add(SampleType.of("mood", "(enum_range(NULL::mood))[1 + i % 5]"));
        all.add(SampleType.of("amount", "(any_numeric() % 10000)"));
        all.add(SampleType.of("ints", "ARRAY[i, NULL]", "'{}'"));
        all.add(SampleType.of("pair", "any_pair()"));
        all.add(SampleType.of("some_pair", "any_pair()::some_pair"));
        all.add(SampleType.of("pair[]", "ARRAY[any_pair(), NULL, any_pair()]", "'{}'", "'[2:2]={\"(1,x)\"}'",
                "ARRAY[ARRAY[any_pair(), any_pair()], ARRAY[NULL, any_pair()]]"));
        all.add(SampleType.of(
                "everything",
                """
                ROW(any_time() AT TIME ZONE 'UTC', any_time(), any_time()::date, any_float(), any_numeric(), decode(md5(i::text), 'hex'),
                    any_pair(), int4range(i, NULL), ARRAY[i, NULL, 3], hstore(any_text(), any_text()), to_json(any_text()),
                    jsonb_build_object('a', any_text()), any_interval(), i % 2 = 0, (enum_range(NULL::mood))[1 + i % 5], 1.5,
                    ARRAY[any_pair()], any_text())::everything""",
                "ROW(NULL, NULL, NULL, 'NaN', 'NaN', NULL, NULL, 'empty', '[0:1]={7,8}', NULL, '\"a\"', NULL, NULL, NULL, NULL, NULL, '{}', NULL)",
                "ROW('infinity', '-infinity', '0044-03-15 BC', '-Infinity', 0.00, '', ROW(NULL, ''), '(,)', '{{1,2},{3,4}}', '', '[1 ,  2]', 'null',"
                        + " '0', false, 'NULL', 0, NULL, '')"));
        all.add(SampleType.of("everything[]", "ARRAY[ROW(NULL, NULL, NULL, any_float(), 1, NULL, any_pair(), 'empty', '{1}', 'a=>b', 'null', '1', '1s',"
                + " true, 'sad', 1, NULL, any_text())::everything]"));
        all.add(SampleType.of("floats", "floats(any_float(), 'Infinity')", "'[NaN,NaN]'", "'(,1e-7]'"));
        all.add(SampleType.of("words", "words(any_text(), NULL)", "words('', NULL, '[]')", "words('a', 'b c')"));
        all.add(SampleType.of("words[]", "ARRAY[words(any_text(), NULL)]"));
        all.add(SampleType.of("int4[]", "ARRAY[i, NULL, -i]", "'{}'"));
        all.add(SampleType.of("int4[]", "ARRAY[i, NULL, -i]", "'{{1,2},{3,NULL}}'", "'[2:3]={1,2}'", "'[-1:0][2:3]={{1,2},{3,4}}'", "'{{{1}}}'"));
        all.add(SampleType.of("text[]", "ARRAY[any_text(), NULL, any_text()]", "'{}'", "'{\"NULL\",NULL,\"\"}'"));
        all.add(SampleType.of("text[]", "ARRAY[any_text(), NULL, any_text()]", "ARRAY[ARRAY[any_text()], ARRAY[any_text()]]"));
        for (String type : List.of("bool", "int2", "int8", "float4", "float8", "numeric", "date", "time", "interval", "uuid", "bytea")) {
            all.add(SampleType.of(type + "[]", element(type, "i"), "'{}'", "NULL"));
            all.add(SampleType.of(type + "[]", element(type, "i"), "ARRAY[%s]".formatted(element(type, "3"))));
        }
        all.add(SampleType.of("timestamp[]", "ARRAY[any_time(), NULL]"));
        all.add(SampleType.of("timestamptz[]", "ARRAY[any_time() AT TIME ZONE 'UTC', NULL]", "'{\"294276-12-31 23:59:59.999999+00\"}'"));
        all.add(SampleType.of("timetz[]", "ARRAY['01:02:03+05:30:15', NULL]::timetz[]"));
        all.add(SampleType.of("varchar(9)[]", "ARRAY[left(any_text(), 9)]"));
        all.add(SampleType.of("char(3)[]", "ARRAY['a', NULL]"));
        all.add(SampleType.of("money[]", "ARRAY[i::money, NULL]"));
        all.add(SampleType.of("priced", "ROW(any_text(), i::money, ARRAY[(-i)::money, NULL], moneyrange(i::money, NULL))::priced"));
        all.add(SampleType.of("priced[]", "ARRAY[ROW(any_text(), i::money, '[3:3]={1.5}', 'empty')::priced, NULL]"));
        all.add(SampleType.of("moneyrange", "moneyrange(i::money, (i + 1000)::money)", "'empty'", "'(,0]'"));
        all.add(SampleType.of("json[]", "ARRAY[to_json(any_text()), NULL]"));
        all.add(SampleType.of("json[]", "ARRAY[to_json(any_text()), NULL]", "ARRAY['\"\\ud800\"'::json]"));
        all.add(SampleType.of("jsonb[]", "ARRAY[to_jsonb(any_text()), NULL]"));
        all.add(SampleType.of("point[]", "ARRAY[any_point(), NULL]"));
        all.add(SampleType.of("box[]", "ARRAY[box(any_point(), any_point()), NULL]", "'{(1,2),(0,0);(3,4),(1,1)}'"));
        all.add(SampleType.of("inet[]", "ARRAY['10.0.0.1'::inet, '::1/64']"));
        all.add(SampleType.of("bit(3)[]", "ARRAY[B'101', NULL]"));
        all.add(SampleType.of("tsvector[]", "ARRAY['a:1 b'::tsvector]"));
        all.add(SampleType.of("mood[]", "enum_range(NULL::mood)"));
        all.add(SampleType.of("amount[]", "ARRAY[1.5, NULL]::amount[]"));
        all.add(SampleType.of("ints[]", "'{\"{1,2}\",NULL}'"));
        all.add(SampleType.of("int4range[]", "ARRAY[int4range(i, i + 5), 'empty', NULL]"));
    }

    private static String element(String type, String i) {
        String value =
                switch (type) {
                    case "bool" -> "%s % 2 = 0".replace("%s", i);
                    case "int2", "int8" -> i + "::" + type;
                    case "float4", "float8" -> "any_float()::" + type;
                    case "numeric" -> "any_numeric()";
                    case "date" -> "any_time()::date";
                    case "time" -> "any_interval()::time";
                    case "interval" -> "any_interval()";
                    case "uuid" -> "md5(%s::text)::uuid".formatted(i);
                    default -> "decode(md5(%s::text), 'hex')".formatted(i);
                };
        return "ARRAY[%s, NULL, %s]".formatted(value, value);
    }
}
