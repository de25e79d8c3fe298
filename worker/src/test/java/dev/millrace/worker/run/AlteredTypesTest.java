package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.verify.TableVerdict;
import dev.millrace.worker.verify.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Columns whose type is altered with rows in place, from many types to many: `verify` finds the copy equal to what PostgreSQL made of them.
@Tag("long")
@Timeout(240)
class AlteredTypesTest {

    private static final String[] DDL = {
        "CREATE EXTENSION hstore",
        "CREATE EXTENSION citext",
        "CREATE TYPE mood AS ENUM ('sad', 'very happy')",
        "CREATE TYPE other_mood AS ENUM ('very happy', 'sad')",
        "CREATE TYPE pair AS (a int, b text)",
        "CREATE DOMAIN amount AS numeric(8, 3)",
        "CREATE DOMAIN label AS text",
        "SET TimeZone = 'UTC'"
    };

    /// A column's type, two values of it, and what becomes of the type.
    private record Alteration(String from, String one, String two, String to) {

        /// To the text that PostgreSQL prints.
        static Alteration toText(String from, String one, String two) {
            return new Alteration(from, one, two, "text");
        }

        @Override
        public String toString() {
            return from + " to " + to;
        }
    }

    private static final List<Alteration> TO_TEXT = List.of(
            Alteration.toText("bool", "'t'", "'f'"),
            Alteration.toText("int2", "'-1'", "'7'"),
            Alteration.toText("int4", "'-1'", "'7'"),
            Alteration.toText("int8", "'-9000000000'", "'7'"),
            Alteration.toText("oid", "'4294967295'", "'7'"),
            Alteration.toText("float4", "'0.1'", "'-Infinity'"),
            Alteration.toText("float8", "'1e-7'", "'1e22'"),
            Alteration.toText("numeric", "'1.50'", "'1e-20'"),
            Alteration.toText("numeric(10,2)", "'1.50'", "'-0.07'"),
            Alteration.toText("numeric(50,20)", "'1.50'", "'-0.07'"),
            Alteration.toText("amount", "'1.50'", "'-0.07'"),
            Alteration.toText("money", "'1.50'", "'-1234567.07'"),
            Alteration.toText("bytea", "'\\x00ff'", "''"),
            Alteration.toText("date", "'infinity'", "'0044-03-15 BC'"),
            Alteration.toText("time", "'24:00'", "'01:02:03.4'"),
            Alteration.toText("timetz", "'24:00+05:30:15'", "'01:02:03.4-07'"),
            Alteration.toText("timestamp", "'2020-01-01 00:00:00.5'", "'0044-03-15 00:00:00 BC'"),
            Alteration.toText("timestamptz", "'2020-01-01 00:00:00.5+02'", "'-infinity'"),
            Alteration.toText("interval", "'1 year -2 days 03:04:05.6'", "'0'"),
            Alteration.toText("uuid", "'6D61726B-2d75-0000-0000-00000000000a'", "NULL"),
            Alteration.toText("json", "'{\"a\" : 1,  \"a\": 2}'", "'null'"),
            Alteration.toText("jsonb", "'{\"b\": [1.50, \"ü\"]}'", "'null'"),
            Alteration.toText("xml", "'<a>ä</a>'", "'x'"),
            Alteration.toText("inet", "'10.1.2.3'", "'10.0.0.0/8'"),
            Alteration.toText("cidr", "'10.1.2.3'", "'10.0.0.0/8'"),
            Alteration.toText("macaddr", "'08002b010203'", "NULL"),
            Alteration.toText("bit(3)", "B'101'", "B'000'"),
            Alteration.toText("varbit", "B'10101'", "B''"),
            Alteration.toText("char(5)", "'ab'", "''"),
            Alteration.toText("varchar(9)", "'ab '", "''"),
            Alteration.toText("name", "'ab'", "''"),
            Alteration.toText("\"char\"", "'a'", "''"),
            Alteration.toText("citext", "'aB'", "''"),
            Alteration.toText("label", "'aB'", "''"),
            Alteration.toText("point", "'(1,2.5)'", "'(NaN,Infinity)'"),
            Alteration.toText("line", "'{1,2,3}'", "NULL"),
            Alteration.toText("lseg", "'[(1,2),(3,4)]'", "NULL"),
            Alteration.toText("box", "'(3,4),(1,2)'", "NULL"),
            Alteration.toText("path", "'((1,2),(3,4))'", "'[(1,2),(3,4)]'"),
            Alteration.toText("polygon", "'((1,2),(3,4))'", "NULL"),
            Alteration.toText("circle", "'<(1,2),3>'", "NULL"),
            Alteration.toText("int4range", "'[1,5)'", "'empty'"),
            Alteration.toText("tstzrange", "'[2020-01-01,)'", "'empty'"),
            Alteration.toText("int4multirange", "'{[1,5),[8,)}'", "'{}'"),
            Alteration.toText("tsvector", "'a:1A b'", "''"),
            Alteration.toText("mood", "'sad'", "'very happy'"),
            Alteration.toText("pair", "'(1,\"a b\")'", "'(,)'"),
            Alteration.toText("hstore", "'a=>1, b=>NULL'", "''"),
            Alteration.toText("int4[]", "'{1,NULL,-2}'", "'{}'"),
            Alteration.toText("int4[]", "'{1,NULL,-2}'", "'[2:3]={1,2}'"),
            Alteration.toText("text[]", "'{\"a b\",NULL,\"NULL\",\"\",\"q\\\"\"}'", "'{}'"),
            Alteration.toText("bool[]", "'{t,f,NULL}'", "'{}'"),
            Alteration.toText("uuid[]", "'{6d61726b-2d75-0000-0000-00000000000a}'", "'{}'"),
            Alteration.toText("numeric[]", "'{1.50,NULL}'", "'{}'"),
            Alteration.toText("money[]", "'{1.50,NULL}'", "'{{-2000}}'"),
            Alteration.toText("bytea[]", "'{\"\\\\x00ff\",NULL}'", "'{}'"),
            Alteration.toText("timestamptz[]", "'{2020-01-01 00:00:00.5+02,infinity}'", "'{}'"),
            Alteration.toText("interval[]", "'{1 day,NULL}'", "'{}'"),
            Alteration.toText("jsonb[]", "'{\"{}\",NULL}'", "'{}'"),
            Alteration.toText("pair[]", "'{\"(1,a)\",NULL}'", "'{}'"),
            Alteration.toText("mood[]", "'{sad,\"very happy\"}'", "'{}'"),
            Alteration.toText("pg_lsn", "'A/B'", "NULL"),
            Alteration.toText("xid8", "'10000000000'", "NULL"));

    private static final List<Alteration> OTHERS = List.of(
            new Alteration("json", "'{\"a\" : 1,  \"a\": 2}'", "'[1.50]'", "jsonb"),
            new Alteration("jsonb", "'{\"b\": [1.50]}'", "'null'", "json"),
            new Alteration("text", "'{\"a\" : 1}'", "'[1.50]'", "json USING v::json"),
            new Alteration("text", "'{\"a\" : 1}'", "'[1.50]'", "jsonb USING v::jsonb"),
            new Alteration("hstore", "'a=>1, b=>NULL'", "''", "json USING v::json"),
            new Alteration("pair", "'(1,a)'", "'(,)'", "json USING to_json(v)"),
            new Alteration("pair", "'(1,a)'", "'(,)'", "int4 USING (v).a"),
            new Alteration("text", "'(1,a)'", "'(,)'", "pair USING v::pair"),
            new Alteration("point", "'(1,2)'", "'(3,4)'", "box USING box(v)"),
            new Alteration("box", "'(3,4),(1,2)'", "NULL", "polygon USING polygon(v)"),
            new Alteration("int4range", "'[1,5)'", "'empty'", "numrange USING v::text::numrange"),
            new Alteration("char(5)", "'ab'", "''", "varchar"),
            new Alteration("varchar(9)", "'ab '", "''", "char(12)"),
            new Alteration("text", "'ab '", "''", "char(12)"),
            new Alteration("char(5)", "'ab'", "''", "char(9)"),
            new Alteration("text", "'ab'", "''", "varchar(10)"),
            new Alteration("text", "'ab'", "''", "varchar"),
            new Alteration("text", "'ab'", "''", "citext"),
            new Alteration("text", "'ab'", "''", "name"),
            new Alteration("text", "'ab'", "''", "label"),
            new Alteration("text", "'ab'", "''", "bytea USING v::bytea"),
            new Alteration("text", "'sad'", "NULL", "mood USING v::mood"),
            new Alteration("mood", "'sad'", "'very happy'", "other_mood USING v::text::other_mood"),
            new Alteration("text", "'<a/>'", "'x'", "xml USING v::xml"),
            new Alteration("bytea", "'\\x00ff'", "''", "text USING encode(v, 'base64')"),
            new Alteration("cidr", "'10.1.2.3'", "'10.0.0.0/8'", "inet"),
            new Alteration("inet", "'10.1.2.3'", "'10.0.0.0/8'", "cidr"),
            new Alteration("varbit(9)", "B'10'", "B''", "varbit"),
            new Alteration("bit(3)", "B'101'", "B'000'", "varbit"),
            new Alteration("int4", "'-1'", "'7'", "oid"),
            new Alteration("oid", "'4294967295'", "'7'", "int4"),
            new Alteration("int4[]", "'{-1,7}'", "'{}'", "oid[]"),
            new Alteration("oid[]", "'{4294967295,7}'", "'{}'", "int4[]"),
            new Alteration("oid", "'4294967295'", "'7'", "int8"),
            new Alteration("int8", "'4294967295'", "'7'", "oid"),
            new Alteration("oid", "'1259'", "'0'", "regclass"),
            new Alteration("regclass", "'pg_class'", "'pg_type'", "oid"),
            new Alteration("regclass", "'pg_class'", "'pg_type'", "text"),
            new Alteration("int4", "'-1'", "'7'", "int8"),
            new Alteration("int8", "'-1'", "'7'", "int2"),
            new Alteration("int4", "'-1'", "'7'", "numeric"),
            new Alteration("int4", "'-1'", "'7'", "numeric(9,2)"),
            new Alteration("int4", "'-1'", "'0'", "bool USING v::bool"),
            new Alteration("bool", "'t'", "'f'", "int4 USING v::int4"),
            new Alteration("int8", "'9007199254740993'", "'7'", "float8"),
            new Alteration("int4", "'16777217'", "'7'", "float4"),
            new Alteration("float4", "'0.1'", "'NaN'", "float8"),
            new Alteration("float8", "'0.1'", "'NaN'", "float4"),
            new Alteration("float8", "'0.1'", "'1e20'", "numeric"),
            new Alteration("numeric", "'0.10'", "'NaN'", "float8"),
            new Alteration("numeric(10,2)", "'1.50'", "'-0.07'", "numeric(14,4)"),
            new Alteration("numeric(10,2)", "'1.50'", "'-0.07'", "numeric(12,2)"),
            new Alteration("numeric(10,2)", "'1.50'", "'-0.07'", "numeric"),
            new Alteration("numeric(10,2)", "'1.50'", "'-0.07'", "numeric(10,1)"),
            new Alteration("numeric(10,2)", "'1.50'", "'-0.07'", "money"),
            new Alteration("numeric(10,2)", "'1.50'", "'-0.07'", "amount"),
            new Alteration("amount", "'1.50'", "'-0.07'", "numeric(8,3)"),
            new Alteration("money", "'1.50'", "'-0.07'", "numeric"),
            new Alteration("numeric", "'1.50'", "'1e30'", "numeric(50,10)"),
            new Alteration("date", "'2020-01-01'", "'infinity'", "timestamp"),
            new Alteration("date", "'2020-01-01'", "'infinity'", "timestamptz"),
            new Alteration("timestamp", "'2020-01-01 12:34:56.789'", "'infinity'", "date"),
            new Alteration("timestamp", "'2020-01-01 12:34:56.789'", "'infinity'", "timestamptz"),
            new Alteration("timestamptz", "'2020-01-01 12:34:56.789+00'", "'infinity'", "timestamp"),
            new Alteration("timestamp[]", "'{2020-01-01 12:34:56.789,NULL}'", "'{}'", "timestamptz[]"),
            new Alteration("timestamp(3)", "'2020-01-01 12:34:56.789'", "'infinity'", "timestamp"),
            new Alteration("timestamp", "'2020-01-01 12:34:56.789'", "'infinity'", "timestamp(0)"),
            new Alteration("timestamp", "'2020-01-01 12:34:56.789'", "NULL", "time"),
            new Alteration("time", "'12:34:56.789'", "'24:00'", "timetz"),
            new Alteration("timetz", "'12:34:56.789+02'", "'24:00+00'", "time"),
            new Alteration("time", "'12:34:56.789'", "'24:00'", "interval"),
            new Alteration("interval", "'1 day 01:00'", "'0'", "time"),
            new Alteration("interval", "'1 mon 1 day 01:00:00.5'", "'0'", "interval day to minute"),
            new Alteration("int4[]", "'{1,NULL}'", "'{}'", "int8[]"),
            new Alteration("int4[]", "'{1,NULL}'", "'{}'", "text[]"),
            new Alteration("int4[]", "'{1,NULL}'", "'{7}'", "int4 USING v[1]"),
            new Alteration("int4", "'1'", "NULL", "int4[] USING ARRAY[v]"),
            new Alteration("varchar(9)[]", "'{a,NULL}'", "'{}'", "text[]"),
            new Alteration("text[]", "'{a,NULL}'", "'{}'", "varchar[]"),
            new Alteration("text[]", "'{a,NULL}'", "'{{b},{c}}'", "text USING array_to_string(v, ',')"),
            new Alteration("uuid", "'6d61726b-2d75-0000-0000-00000000000a'", "NULL", "bytea USING uuid_send(v)"));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void every_type_becomes_the_text_that_the_source_makes_of_it() {
        assertAlteredAlike(TO_TEXT);
    }

    @Test
    void every_type_becomes_the_other_that_the_source_makes_of_it() {
        assertAlteredAlike(OTHERS);
    }

    @Test
    void a_row_type_that_is_altered_has_its_tables_copied_again() {
        try (Followed db = Followed.after(
                folder,
                "CREATE TYPE pair AS (a int, b text)",
                "CREATE TABLE t (id int PRIMARY KEY, p pair, ps pair[])",
                "INSERT INTO t VALUES (1, '(1,one)', '{\"(2,two)\"}')")) {
            db.assertEqual();
            for (String alteration : List.of("RENAME ATTRIBUTE a TO x", "ADD ATTRIBUTE c int", "DROP ATTRIBUTE b")) {
                db.source("ALTER TYPE pair " + alteration);
                db.sync();
                assertThat(db.begunAnew()).as(alteration).containsOnlyKeys("t");
                db.assertCompared();
            }
            db.source("UPDATE t SET id = 2");
            db.assertEqual();
            assertThat(db.begunAnew()).isEmpty();
        }
    }

    private void assertAlteredAlike(List<Alteration> alterations) {
        try (Followed db = Followed.after(folder, DDL)) {
            each(
                    alterations,
                    db,
                    "CREATE TABLE %1$s (id int PRIMARY KEY, v %2$s); INSERT INTO %1$s VALUES (1, %3$s), (2, %4$s), (3, %3$s), (4, %4$s)");
            db.sync();
            each(alterations, db, "UPDATE %1$s SET id = 13 WHERE id = 3");
            each(alterations, db, "ALTER TABLE %1$s ALTER v TYPE %5$s");
            each(alterations, db, "UPDATE %1$s SET id = 14 WHERE id = 4");
            db.sync();
            assertThat(different(db, alterations)).isEmpty();
            each(alterations, db, "UPDATE %1$s SET id = id + 100");
            db.sync();
            assertThat(different(db, alterations)).as("once every row came by the log").isEmpty();
        }
    }

    private static void each(List<Alteration> alterations, Followed db, String sql) {
        List<String> statements = new ArrayList<>();
        for (int i = 0; i < alterations.size(); i++) {
            Alteration alteration = alterations.get(i);
            statements.add(sql.formatted("t" + i, alteration.from(), alteration.one(), alteration.two(), alteration.to()));
        }
        db.source(statements.toArray(String[]::new));
    }

    /// The alterations whose tables `verify` finds to differ, and how.
    private static Map<String, String> different(Followed db, List<Alteration> alterations) {
        Map<String, String> different = new TreeMap<>();
        try (TestSync sync = db.connection.open(db.listener())) {
            Verdict verdict = sync.verify();
            assertThat(verdict.tables()).hasSize(alterations.size());
            for (TableVerdict table : verdict.tables()) {
                if (!table.differences().isEmpty()) {
                    Alteration alteration = alterations.get(Integer.parseInt(table.table().table().substring(1)));
                    different.put(alteration.toString(), table.differences().toString());
                }
            }
        }
        return different;
    }
}
