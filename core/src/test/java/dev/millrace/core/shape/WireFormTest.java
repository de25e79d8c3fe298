package dev.millrace.core.shape;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WireFormTest {

    private static final SourceType INT4 = new SourceType.Scalar(Oid.INT4, "int4", -1, true);

    @Test
    void a_type_that_every_decoder_knows_travels_in_binary() {
        assertThat(WireForm.of(INT4)).isEqualTo(WireForm.BINARY);
        assertThat(WireForm.of(new SourceType.Scalar(Oid.NUMERIC, "numeric", -1, true))).isEqualTo(WireForm.BINARY);
        assertThat(WireForm.of(new SourceType.Enumeration(70_000, "public.mood"))).isEqualTo(WireForm.BINARY);
    }

    @Test
    void a_domain_travels_as_the_type_beneath() {
        assertThat(WireForm.of(new SourceType.Domain(70_001, "public.amount", INT4))).isEqualTo(WireForm.BINARY);
    }

    @Test
    void any_other_type_travels_as_text() {
        assertThat(WireForm.of(new SourceType.Scalar(Oid.MONEY, "money", -1, true))).isEqualTo(WireForm.TEXT);
        assertThat(WireForm.of(new SourceType.Scalar(70_002, "public.hstore", -1, true))).isEqualTo(WireForm.TEXT);
        assertThat(WireForm.of(new SourceType.ArrayOf(1007, "_int4", INT4))).isEqualTo(WireForm.TEXT);
        assertThat(WireForm.of(new SourceType.RangeOf(3904, "int4range", INT4))).isEqualTo(WireForm.TEXT);
        assertThat(WireForm.of(new SourceType.Composite(70_003, "public.pair", List.of()))).isEqualTo(WireForm.TEXT);
    }
}
