package dev.millrace.core.verify;

import dev.millrace.core.verify.Side.BucketSum;
import dev.millrace.core.verify.Side.CanonicalRow;
import dev.millrace.core.verify.Side.RowDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// What a [Side] in an SQL database answers, read from the results of its statements.
public final class DigestRows {

    private DigestRows() {}

    /// Reads `bucket`, `counted`, `first` and `second`, the last two as numbers of any size.
    public static Map<Integer, BucketSum> sums(ResultSet row) throws SQLException {
        Map<Integer, BucketSum> sums = new HashMap<>();
        while (row.next()) {
            sums.put(
                    row.getInt("bucket"),
                    new BucketSum(
                            row.getLong("counted"),
                            row.getBigDecimal("first").toBigInteger().longValue(),
                            row.getBigDecimal("second").toBigInteger().longValue()));
        }
        return sums;
    }

    /// Reads a key's digest and a row's digest.
    public static void digests(ResultSet row, Consumer<RowDigest> consumer) throws SQLException {
        while (row.next()) {
            consumer.accept(new RowDigest(row.getString(1), row.getString(2)));
        }
    }

    /// Reads a key's digest and the texts behind it, one for each of so many columns.
    public static List<CanonicalRow> rows(ResultSet row, int columns) throws SQLException {
        List<CanonicalRow> rows = new ArrayList<>();
        while (row.next()) {
            String[] texts = new String[columns];
            for (int i = 0; i < columns; i++) {
                texts[i] = row.getString(i + 2);
            }
            rows.add(new CanonicalRow(row.getString(1), Arrays.asList(texts)));
        }
        return rows;
    }
}
