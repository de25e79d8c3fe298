package dev.millrace.destination.postgres.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which fault each SQLSTATE is; those that a test can provoke are provoked in [dev.millrace.destination.postgres.PostgresFaultsTest].
class DestinationFaultsTest {

    private static final Place PLACE = new Place("the warehouse", "shop", "writer");

    @ParameterizedTest
    @CsvSource({
        "28P01, DESTINATION_UNUSABLE",
        "28000, DESTINATION_UNUSABLE",
        "3D000, DESTINATION_UNUSABLE",
        "42501, DESTINATION_UNUSABLE",
        "25006, DESTINATION_UNUSABLE",
        "53100, DESTINATION_FULL",
        "53400, DESTINATION_FULL",
        "53200, DESTINATION_BUSY",
        "53300, DESTINATION_BUSY",
        "40001, DESTINATION_BUSY",
        "40P01, DESTINATION_BUSY",
        "55P03, DESTINATION_BUSY",
        "57014, DESTINATION_BUSY",
        "57P01, CONNECTION_LOST",
        "57P03, CONNECTION_LOST",
        "08006, CONNECTION_LOST",
        "08001, HOST_UNREACHABLE",
        "42P01, DESTINATION_ALTERED",
        "23505, DESTINATION_ALTERED",
        "2BP01, DESTINATION_REFUSED",
        "XX000, DESTINATION_REFUSED"
    })
    void a_code_of_the_server_is_a_fault_with_a_remedy(String state, FaultKind kind) {
        Fault fault = DestinationFaults.of(new SQLException("It says so.", state), PLACE);
        assertThat(fault.kind()).isEqualTo(kind);
        assertThat(fault.description()).contains("the warehouse").contains("It says so");
        assertThat(fault.remedy()).isNotBlank();
    }

    @ParameterizedTest
    @CsvSource({"08006, true", "57P01, true", "53100, false", "40001, false"})
    void an_answer_is_lost_only_with_the_session(String state, boolean lost) {
        assertThat(DestinationFaults.isAnswerLost(new SQLException("It says so.", state))).isEqualTo(lost);
    }
}
