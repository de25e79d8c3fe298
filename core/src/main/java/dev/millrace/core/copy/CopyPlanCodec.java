package dev.millrace.core.copy;

import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.ShapeCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// Copy plans as bytes, for what a destination remembers. The first byte is the version of the format.
public final class CopyPlanCodec {

    private static final int VERSION = 1;

    private CopyPlanCodec() {}

    /// The plan as bytes.
    public static byte[] encode(CopyPlan plan) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            ShapeCodec.write(plan.shape(), out);
            out.writeUTF(plan.fingerprint());
            out.writeLong(plan.estimatedRows());
            out.writeInt(plan.ranges().size());
            for (CopyRange range : plan.ranges()) {
                out.writeInt(range.number());
                out.writeUTF(range.relation());
                out.writeUTF(range.condition());
                out.writeLong(range.blocks());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /// The plan that [#encode] wrote.
    ///
    /// @throws IllegalArgumentException if the bytes are of another version or damaged
    public static CopyPlan decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new IllegalArgumentException("Invalid version of a copy plan: " + version + " (must be " + VERSION + ")");
            }
            Shape shape = ShapeCodec.read(in);
            String fingerprint = in.readUTF();
            long estimatedRows = in.readLong();
            int size = in.readInt();
            List<CopyRange> ranges = new ArrayList<>(size);
            for (int i = 0; i < size; i++) {
                ranges.add(new CopyRange(in.readInt(), in.readUTF(), in.readUTF(), in.readLong()));
            }
            return new CopyPlan(shape, fingerprint, ranges, estimatedRows);
        } catch (IOException e) {
            throw new IllegalArgumentException("Invalid copy plan: " + bytes.length + " bytes (must be what the codec wrote)", e);
        }
    }
}
