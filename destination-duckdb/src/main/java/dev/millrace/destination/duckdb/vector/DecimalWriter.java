package dev.millrace.destination.duckdb.vector;

import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.value.PgNumeric;
import dev.millrace.core.value.PgText;
import dev.millrace.destination.duckdb.type.DuckType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/// Writes `numeric` and `money`, and whole numbers where a column was widened for them, into a decimal column.
///
/// DuckDB checks neither precision nor scale of what is written into a vector, so both are checked here.
final class DecimalWriter extends ColumnWriter {

    private final Column column;
    private final DuckType.Decimal type;
    private final Unfit unfit;
    private final boolean isNumeric;
    private final boolean isUnsigned;
    private final boolean isMoney;
    private final long limit;

    DecimalWriter(Column column, DuckType.Decimal type, Unfit unfit) {
        this.column = column;
        this.type = type;
        this.unfit = unfit;
        int oid = column.type().underneath() instanceof SourceType.Scalar scalar ? scalar.oid() : 0;
        this.isNumeric = oid == Oid.NUMERIC;
        this.isUnsigned = oid == Oid.OID || oid == Oid.XID || oid == Oid.CID;
        this.isMoney = oid == Oid.MONEY;
        this.limit = type.width() > 18 ? Long.MAX_VALUE : BigInteger.TEN.pow(type.width()).longValueExact();
    }

    @Override
    DuckType vectorType() {
        return type;
    }

    @Override
    void write(FieldBlock fields, int rows, VectorTarget target) {
        int scale = type.scale();
        for (int row = 0; row < rows; row++) {
            if (!fields.isValue(row)) {
                target.setNull(row);
                continue;
            }
            long unscaled = isNumeric ? unscaled(fields, row, scale) : PgNumeric.NOT_SHORT;
            if (unscaled != PgNumeric.NOT_SHORT && unscaled < limit && unscaled > -limit) {
                target.setDecimal(row, unscaled);
            } else {
                writeExactly(fields, row, target);
            }
        }
    }

    private static long unscaled(FieldBlock fields, int row, int scale) {
        return fields.isText(row)
                ? PgNumeric.unscaledText(fields.bytes[row], fields.offsets[row], fields.lengths[row], scale)
                : PgNumeric.unscaledBinary(fields.bytes[row], fields.offsets[row], fields.lengths[row], scale);
    }

    private void writeExactly(FieldBlock fields, int row, VectorTarget target) {
        if (isNumeric
                && PgNumeric.isSpecial(fields.kinds[row], fields.bytes[row], fields.offsets[row], fields.lengths[row])) {
            refuse(fields, row, target);
            return;
        }
        BigDecimal value = value(fields, row).stripTrailingZeros();
        if (value.scale() > type.scale() || value.precision() - value.scale() > type.width() - type.scale()) {
            refuse(fields, row, target);
            return;
        }
        target.setDecimal(row, value.setScale(type.scale(), RoundingMode.UNNECESSARY).unscaledValue());
    }

    private BigDecimal value(FieldBlock fields, int row) {
        if (isMoney) {
            return new BigDecimal(PgText.of(
                    column.type(), fields.kinds[row], fields.bytes[row], fields.offsets[row], fields.lengths[row]));
        }
        return isNumeric
                ? PgNumeric.decimal(fields.kinds[row], fields.bytes[row], fields.offsets[row], fields.lengths[row])
                : BigDecimal.valueOf(NumberWriters.integer(fields, row, isUnsigned));
    }

    private void refuse(FieldBlock fields, int row, VectorTarget target) {
        unfit.report(column, fields, row);
        target.setNull(row);
    }
}
