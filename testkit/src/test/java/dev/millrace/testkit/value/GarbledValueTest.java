package dev.millrace.testkit.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.value.MalformedValue;
import dev.millrace.core.value.PgJson;
import dev.millrace.core.value.PgNode;
import dev.millrace.core.value.PgText;
import dev.millrace.testkit.Seed;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/// Bytes that are no values: a decoder gives a text or says that they are none; it neither hangs, nor reads beyond, nor fills the memory.
class GarbledValueTest {

    private static final int ROUNDS = Integer.getInteger("millrace.test.values", 3_000);
    private static final int[] TELLING = {-1, 0, 1, 2, 6, 7, 255, Integer.MAX_VALUE, Integer.MIN_VALUE, 0x40000000, 0x7FFF0000};

    private static List<SourceType> types() throws IllegalAccessException {
        List<SourceType> types = new ArrayList<>();
        for (Field field : Oid.class.getFields()) {
            if (Modifier.isStatic(field.getModifiers())) {
                types.add(new SourceType.Scalar(field.getInt(null), field.getName(), -1, true));
            }
        }
        SourceType int4 = new SourceType.Scalar(Oid.INT4, "int4", -1, true);
        SourceType text = new SourceType.Scalar(Oid.TEXT, "text", -1, true);
        for (String extension : List.of("hstore/hstore", "ltree/ltree", "cube/cube", "citext/citext")) {
            types.add(new SourceType.Scalar(70_000, extension, -1, true));
        }
        SourceType pair = new SourceType.Composite(70_001, "pair", List.of(new Column("a", int4), new Column("b", text)));
        types.add(pair);
        types.add(new SourceType.ArrayOf(70_002, "_int4", int4));
        types.add(new SourceType.ArrayOf(70_003, "_pair", pair));
        types.add(new SourceType.RangeOf(70_004, "int4range", int4));
        types.add(new SourceType.RangeOf(70_005, "words", text));
        types.add(new SourceType.MultirangeOf(70_006, "int4multirange", int4));
        return types;
    }

    @Test
    void garbled_bytes_give_a_text_or_are_refused() throws IllegalAccessException {
        Random random = Seed.forTest("garbled values").random();
        List<SourceType> types = types();
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            for (int round = 0; round < ROUNDS; round++) {
                for (SourceType type : types) {
                    byte[] bytes = random.nextBoolean() ? numbers(random) : noise(random);
                    check(type, Tuple.BINARY, bytes);
                    check(type, Tuple.TEXT, text(random));
                }
            }
        });
    }

    @Test
    void a_bound_of_a_range_that_is_null_is_refused() {
        SourceType range = new SourceType.RangeOf(70_004, "int4range", new SourceType.Scalar(Oid.INT4, "int4", -1, true));
        byte[] bytes = {0, -1, -1, -1, -1, -1, -1, -1, -1};
        assertThat(catchThrowableOfType(MalformedValue.class, () -> PgText.of(range, Tuple.BINARY, bytes, 0, bytes.length)))
                .hasMessageContaining("bound");
    }

    private static void check(SourceType type, byte kind, byte[] bytes) {
        // What lies beside the value must not be read.
        byte[] buffer = new byte[bytes.length + 64];
        System.arraycopy(bytes, 0, buffer, 32, bytes.length);
        String text = read(type, kind, buffer, bytes.length);
        java.util.Arrays.fill(buffer, 0, 32, (byte) 0x55);
        java.util.Arrays.fill(buffer, 32 + bytes.length, buffer.length, (byte) 0x55);
        assertThat(read(type, kind, buffer, bytes.length)).as(type.name()).isEqualTo(text);
        assertThat(text.length()).as(type.name()).isLessThan(600_000);
    }

    private static String read(SourceType type, byte kind, byte[] buffer, int length) {
        try {
            String text = PgText.of(type, kind, buffer, 32, length);
            return PgJson.hasShape(type) ? text + PgJson.of(PgNode.read(type, kind, buffer, 32, length)) : text;
        } catch (MalformedValue e) {
            return "refused";
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("must be text");
            return "not in binary";
        }
    }

    private static byte[] noise(Random random) {
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        return bytes;
    }

    /// Numbers that stand for lengths, counts and flags, so that a decoder gets beyond the first of them.
    private static byte[] numbers(Random random) {
        ByteBuffer bytes = ByteBuffer.allocate(64);
        int count = random.nextInt(12);
        for (int i = 0; i < count; i++) {
            switch (random.nextInt(4)) {
                case 0 -> bytes.put((byte) random.nextInt(32));
                case 1 -> bytes.putInt(Oid.INT4);
                case 2 -> bytes.putShort((short) random.nextInt(5));
                default -> bytes.putInt(random.nextBoolean() ? random.nextInt(10) : TELLING[random.nextInt(TELLING.length)]);
            }
        }
        return java.util.Arrays.copyOf(bytes.array(), bytes.position());
    }

    private static byte[] text(Random random) {
        String alphabet = "{}()[],\"\\=>:;0123456789-+.eE NULLempty$'ab";
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(20); i > 0; i--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
