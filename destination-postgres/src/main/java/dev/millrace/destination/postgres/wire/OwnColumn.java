package dev.millrace.destination.postgres.wire;

import dev.millrace.core.value.PgTime;

/// A column of our own in rows that are sent, whose values are numbers here.
///
/// @param name at the destination
public record OwnColumn(String name, Type type) {

    /// What it holds.
    public enum Type {
        /// A number.
        NUMBER("bigint"),
        /// True if it is not 0.
        FLAG("boolean"),
        /// Microseconds since 1970.
        MOMENT("timestamp with time zone");

        private final String sql;

        Type(String sql) {
            this.sql = sql;
        }

        /// How PostgreSQL calls it.
        public String sql() {
            return sql;
        }

        void write(long value, RowBuffer out) {
            switch (this) {
                case NUMBER -> out.putInt64(value);
                case FLAG -> out.put((byte) (value == 0 ? 0 : 1));
                case MOMENT -> out.putInt64(value - PgTime.EPOCH_MICROS);
            }
        }

        /// Writes a value with its length, as the binary format has it.
        public void writeField(long value, RowBuffer out) {
            int at = out.length();
            out.putInt32(0);
            write(value, out);
            out.set(at, out.length() - at - Integer.BYTES);
        }

        String text(long value) {
            return switch (this) {
                case NUMBER -> Long.toString(value);
                case FLAG -> value == 0 ? "f" : "t";
                case MOMENT -> PgTime.timestampWithZoneText(value - PgTime.EPOCH_MICROS);
            };
        }
    }
}
