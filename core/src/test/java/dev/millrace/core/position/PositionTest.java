package dev.millrace.core.position;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PositionTest {

    private static final LogPosition LOG = new LogPosition(Lsn.parse("16/B374D848"));
    private static final ScanPosition SCAN = new ScanPosition(12, 1, TransactionSnapshot.parse("735:740:736,738"));

    @Test
    void a_position_is_read_back_from_its_text() {
        assertThat(LOG.asText()).isEqualTo("lsn:16/B374D848");
        assertThat(Position.parse(LOG.asText())).isEqualTo(LOG);
        assertThat(SCAN.asText()).isEqualTo("scan:12:1:735:740:736,738");
        assertThat(Position.parse(SCAN.asText())).isEqualTo(SCAN);
    }

    @Test
    void a_text_that_is_no_position_is_refused() {
        for (String text : new String[] {"", "16/B374D848", "scan:", "scan:12", "scan:x:1:1:", "scan:1:2", "scan:1:2:3", "lsn:"}) {
            assertThatThrownBy(() -> Position.parse(text)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void positions_of_a_kind_are_ordered_scans_by_their_number_only() {
        assertThat(LOG.isBefore(new LogPosition(Lsn.parse("17/0")))).isTrue();
        assertThat(LOG.isBefore(LOG)).isFalse();
        assertThat(SCAN.isBefore(ScanPosition.numbered(13))).isTrue();
        assertThat(ScanPosition.numbered(12).isBefore(SCAN)).isFalse();
        assertThat(Position.later(SCAN, Optional.of(ScanPosition.numbered(13)))).isEqualTo(ScanPosition.numbered(13));
        assertThat(Position.later(SCAN, Optional.empty())).isEqualTo(SCAN);
    }

    @Test
    void positions_of_two_kinds_are_never_compared() {
        assertThat(LOG.isComparable(SCAN)).isFalse();
        assertThatThrownBy(() -> LOG.isBefore(SCAN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SCAN.isBefore(LOG)).isInstanceOf(IllegalArgumentException.class);
    }
}
