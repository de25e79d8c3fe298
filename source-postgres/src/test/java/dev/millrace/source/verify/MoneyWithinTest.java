package dev.millrace.source.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.source.Selection;
import dev.millrace.core.value.PgJson;
import dev.millrace.core.value.PgNode;
import dev.millrace.core.value.PgText;
import dev.millrace.core.verify.CanonicalForm;
import dev.millrace.postgres.verify.CanonicalSql;
import dev.millrace.source.catalog.CatalogReader;
import dev.millrace.source.catalog.Scope;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Money within other values, with as many decimals as a locale has: what the source says in SQL is what is read from both wire forms.
///
/// The locale is our word here. What PostgreSQL stores and sends does not depend on it, and our sessions print in the locale `C`.
class MoneyWithinTest {

    private static final String[] DDL = {
        "CREATE TYPE moneyrange AS RANGE (subtype = money)",
        "CREATE DOMAIN fee AS money",
        "CREATE TYPE priced AS (name text, price money, fee fee, steps money[], valid moneyrange)",
        "CREATE TYPE offer AS (id int, best priced, others priced[], ranges moneyrange[], bands moneymultirange)"
    };

    private static final String PRICED = "ROW('a, \"b\" $1.00', '-1234.50', '0.05', '{1.00,NULL,-1234567.89}', '[1,2000)')::priced";

    private static final List<List<String>> VALUES = List.of(
            List.of("money[]", "'{1.00,NULL,-1234567.89}'", "'{{1,2},{3,NULL}}'", "'[2:3]={0.01,-0.01}'", "'[0:0][1:2]={{5,1234}}'", "'{}'"),
            List.of("fee[]", "'{1.00,NULL}'"),
            List.of("moneyrange", "'[1.50,2000)'", "'(,5]'", "'(,)'", "'empty'", "'[-0.05,0.00]'"),
            List.of("moneymultirange", "'{[1,2),[3000,)}'", "'{}'"),
            List.of("moneyrange[]", "'{\"[1.50,2000)\",NULL,empty}'", "'[2:2]={\"[1,2)\"}'"),
            List.of("priced", PRICED, "ROW(NULL, NULL, NULL, NULL, NULL)", "ROW('', 0, 0, '[5:6]={1,2}', 'empty')"),
            List.of("priced[]", "ARRAY[%s, NULL]".formatted(PRICED), "ARRAY[ARRAY[%1$s], ARRAY[%1$s]]".formatted(PRICED)),
            List.of(
                    "offer",
                    "ROW(1, %1$s, ARRAY[%1$s, NULL], '{\"[1,2)\"}', '{[1,2),[3000,)}')".formatted(PRICED),
                    "ROW(NULL, NULL, '[3:3]={\"(x,1,2,{3},\\\"[4,5)\\\")\"}', NULL, '{}')"));

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3})
    void an_amount_has_the_decimals_of_the_locale_wherever_it_stands(int decimals) throws SQLException {
        try (TestDatabase db = TestPostgres.latest().newDatabase();
                Connection session = db.session()) {
            db.execute("SET lc_monetary = 'C'");
            db.execute(DDL);
            CatalogReader catalog = new CatalogReader(session, new Scope.Published("none"), Selection.everything(), Salt.random());
            for (List<String> values : VALUES) {
                String name = values.getFirst();
                int oid = Integer.parseInt(db.value("SELECT '%s'::regtype::oid::int".formatted(name)));
                SourceType type = with(decimals, catalog.type(oid, -1));
                for (String value : values.subList(1, values.size())) {
                    check(db, type, "(%s::%s)".formatted(value, name));
                }
            }
        }
    }

    private static void check(TestDatabase db, SourceType type, String value) {
        String send = db.value("SELECT typsend::regproc FROM pg_type WHERE oid = %d".formatted(type.oid()));
        Column column = new Column("v", type);
        boolean hasShape = PgJson.hasShape(type);
        List<@Nullable String> row = db.query("SELECT concat(v), encode(%s(v), 'hex'), %s, %s FROM (SELECT %s AS v) t".formatted(
                        send,
                        CanonicalSql.of(column, new CanonicalForm.Printed()),
                        hasShape ? CanonicalSql.of(column, new CanonicalForm.Shaped()) : "''",
                        value))
                .getFirst();
        byte[] text = String.valueOf(row.get(0)).getBytes(StandardCharsets.UTF_8);
        byte[] binary = HexFormat.of().parseHex(String.valueOf(row.get(1)));
        assertThat(PgText.of(type, Tuple.TEXT, text, 0, text.length)).as(value).isEqualTo(row.get(2));
        assertThat(PgText.of(type, Tuple.BINARY, binary, 0, binary.length)).as(value).isEqualTo(row.get(2));
        if (hasShape) {
            assertThat(PgJson.of(PgNode.read(type, Tuple.TEXT, text, 0, text.length))).as(value).isEqualTo(row.get(3));
            assertThat(PgJson.of(PgNode.read(type, Tuple.BINARY, binary, 0, binary.length))).as(value).isEqualTo(row.get(3));
        }
    }

    /// The type as it would be under a locale with so many decimals.
    private static SourceType with(int decimals, SourceType type) {
        return switch (type) {
            case SourceType.Scalar scalar -> scalar.oid() == Oid.MONEY
                    ? new SourceType.Scalar(Oid.MONEY, scalar.name(), decimals, scalar.binary())
                    : scalar;
            case SourceType.Domain domain -> new SourceType.Domain(domain.oid(), domain.name(), with(decimals, domain.base()));
            case SourceType.ArrayOf array -> new SourceType.ArrayOf(array.oid(), array.name(), with(decimals, array.element()));
            case SourceType.RangeOf range -> new SourceType.RangeOf(range.oid(), range.name(), with(decimals, range.element()));
            case SourceType.MultirangeOf ranges -> new SourceType.MultirangeOf(ranges.oid(), ranges.name(), with(decimals, ranges.element()));
            case SourceType.Composite row -> new SourceType.Composite(
                    row.oid(),
                    row.name(),
                    row.fields().stream().map(field -> new Column(field.name(), with(decimals, field.type()))).toList());
            case SourceType.Enumeration _, SourceType.Hashed _ -> type;
        };
    }
}
