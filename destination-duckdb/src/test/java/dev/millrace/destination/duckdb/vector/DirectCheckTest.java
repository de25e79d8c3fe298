package dev.millrace.destination.duckdb.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class DirectCheckTest {

    @Test
    void this_version_of_the_driver_allows_direct_writing() throws SQLException {
        try (Connection session = DriverManager.getConnection("jdbc:duckdb:")) {
            RowFunction.registerWith(session);
            DirectCheck.decide(session);
            assertThat(DirectCheck.isDirect()).isTrue();
        }
    }
}
