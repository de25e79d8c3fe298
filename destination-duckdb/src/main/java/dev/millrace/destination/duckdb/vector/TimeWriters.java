package dev.millrace.destination.duckdb.vector;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.value.PgDate;
import dev.millrace.core.value.PgTime;
import dev.millrace.destination.duckdb.type.DuckType;
import dev.millrace.destination.duckdb.type.DuckType.Plain;

/// Writers of dates and timestamps.
///
/// PostgreSQL's infinities are the least and the greatest number; DuckDB's are the greatest and its negative. What lies at or beyond
/// those would be read as an infinity, or stop DuckDB altogether, and is reported as unfit.
final class TimeWriters {

    private static final int DATE_INFINITY = Integer.MAX_VALUE;
    private static final long INFINITY = Long.MAX_VALUE;
    private static final long DAY_MICROS = 86_400_000_000L;

    private TimeWriters() {}

    private static int date(FieldBlock fields, int row) {
        if (!fields.isText(row)) {
            FieldBlock.expectLength(fields, row, 4);
        }
        return fields.isText(row)
                ? PgDate.parse(fields.bytes[row], fields.offsets[row], fields.lengths[row])
                : Tuple.int32(fields.bytes[row], fields.offsets[row]);
    }

    /// `date`; every date of PostgreSQL's fits, except infinities where there are none.
    static final class OfDate extends ColumnWriter {
        private final Column column;
        private final Unfit unfit;

        OfDate(Column column, Unfit unfit) {
            this.column = column;
            this.unfit = unfit;
        }

        @Override
        DuckType vectorType() {
            return Plain.DATE;
        }

        @Override
        void write(FieldBlock fields, int rows, VectorTarget target) {
            for (int row = 0; row < rows; row++) {
                if (!fields.isValue(row)) {
                    target.setNull(row);
                    continue;
                }
                int days = date(fields, row);
                if (unfit.isFinite() && (days == PgDate.INFINITY || days == PgDate.MINUS_INFINITY)) {
                    unfit.report(column, fields, row);
                    target.setNull(row);
                } else {
                    target.setDate(row, toDuck(days));
                }
            }
        }

        private static int toDuck(int days) {
            if (days == PgDate.INFINITY) {
                return DATE_INFINITY;
            }
            return days == PgDate.MINUS_INFINITY ? -DATE_INFINITY : days + PgDate.EPOCH_DAYS;
        }
    }

    /// `timestamp` and `timestamptz`, and `date` where a column was widened for it.
    static final class OfTimestamp extends ColumnWriter {
        private final Column column;
        private final Plain type;
        private final Unfit unfit;
        private final boolean isDate;

        OfTimestamp(Column column, Plain type, Unfit unfit) {
            this.column = column;
            this.type = type;
            this.unfit = unfit;
            this.isDate = column.type().underneath() instanceof SourceType.Scalar scalar && scalar.oid() == Oid.DATE;
        }

        @Override
        DuckType vectorType() {
            return type;
        }

        @Override
        void write(FieldBlock fields, int rows, VectorTarget target) {
            for (int row = 0; row < rows; row++) {
                if (!fields.isValue(row)) {
                    target.setNull(row);
                    continue;
                }
                long micros = isDate ? ofDate(date(fields, row)) : timestamp(fields, row);
                if (!fits(micros)) {
                    unfit.report(column, fields, row);
                    target.setNull(row);
                } else if (type == Plain.TIMESTAMP) {
                    target.setTimestamp(row, toDuck(micros));
                } else {
                    target.setTimestampTz(row, toDuck(micros));
                }
            }
        }

        private static long ofDate(int days) {
            if (days == PgDate.INFINITY) {
                return PgTime.INFINITY;
            }
            if (days == PgDate.MINUS_INFINITY) {
                return PgTime.MINUS_INFINITY;
            }
            // A date beyond the timestamps' range is as unfit as the last timestamp.
            return Math.abs((long) days) > Long.MAX_VALUE / DAY_MICROS ? Long.MAX_VALUE - 1 : days * DAY_MICROS;
        }

        private static long timestamp(FieldBlock fields, int row) {
            if (!fields.isText(row)) {
                FieldBlock.expectLength(fields, row, 8);
            }
            return fields.isText(row)
                    ? PgTime.parseTimestamp(fields.bytes[row], fields.offsets[row], fields.lengths[row])
                    : Tuple.int64(fields.bytes[row], fields.offsets[row]);
        }

        private boolean fits(long micros) {
            boolean isInfinite = micros == PgTime.INFINITY || micros == PgTime.MINUS_INFINITY;
            return isInfinite ? !unfit.isFinite() : micros < INFINITY - PgTime.EPOCH_MICROS;
        }

        private static long toDuck(long micros) {
            if (micros == PgTime.INFINITY) {
                return INFINITY;
            }
            return micros == PgTime.MINUS_INFINITY ? -INFINITY : micros + PgTime.EPOCH_MICROS;
        }
    }
}
