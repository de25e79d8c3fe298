package dev.millrace.core.shape;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WireFormTest {

    private static final SourceType INT4 = new SourceType.Scalar(Oid.INT4, "int4", -1, true);

    private static final SourceType UNKNOWN = new SourceType.Scalar(70_007, "postgis/geometry", -1, true);

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
    void a_type_with_parts_travels_in_binary_if_they_all_do() {
        assertThat(WireForm.of(new SourceType.ArrayOf(1007, "_int4", INT4))).isEqualTo(WireForm.BINARY);
        assertThat(WireForm.of(new SourceType.RangeOf(3904, "int4range", INT4))).isEqualTo(WireForm.BINARY);
        assertThat(WireForm.of(new SourceType.Composite(70_003, "public.pair", List.of(new Column("a", INT4))))).isEqualTo(WireForm.BINARY);
        assertThat(WireForm.of(new SourceType.ArrayOf(70_004, "public._geometry", UNKNOWN))).isEqualTo(WireForm.TEXT);
    }

    @Test
    void a_type_of_an_extension_is_known_by_its_name() {
        assertThat(WireForm.of(new SourceType.Scalar(70_002, "hstore/hstore", -1, true))).isEqualTo(WireForm.BINARY);
        assertThat(WireForm.of(new SourceType.Scalar(70_002, "public.hstore", -1, true))).isEqualTo(WireForm.TEXT);
        assertThat(WireForm.of(new SourceType.Scalar(70_002, "cube/cube", -1, false))).isEqualTo(WireForm.TEXT);
    }

    @Test
    void the_log_is_text_for_an_unknown_binary_form_and_where_something_within_has_none() {
        SourceType.Scalar unsendable = new SourceType.Scalar(70_005, "isn/isbn", -1, false);
        assertThat(WireForm.mustBeLoggedAsText(UNKNOWN)).isTrue();
        assertThat(WireForm.mustBeLoggedAsText(unsendable)).isFalse();
        assertThat(WireForm.mustBeLoggedAsText(new SourceType.ArrayOf(70_006, "isn/_isbn", unsendable))).isTrue();
        assertThat(WireForm.mustBeLoggedAsText(INT4)).isFalse();
    }
}
