package dev.millrace.source.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.route.Address;
import dev.millrace.core.route.Route;
import dev.millrace.core.secret.Secret;
import dev.millrace.postgres.dial.PrivateHosts;
import dev.millrace.postgres.session.Login;
import dev.millrace.postgres.session.PostgresEndpoint;
import dev.millrace.postgres.tls.ChannelBinding;
import dev.millrace.postgres.tls.Roots;
import dev.millrace.postgres.tls.TlsMode;
import dev.millrace.postgres.tls.TlsPolicy;
import dev.millrace.source.fault.PostgresFaults;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

final class IamTokensTest {

    private static final AwsBasicCredentials SUITE = AwsBasicCredentials.create("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    private static final Clock SUITE_CLOCK = Clock.fixed(Instant.parse("2015-08-30T12:36:00Z"), ZoneOffset.UTC);
    private static final Address DATABASE = new Address("orders.cluster-abc.eu-west-1.rds.amazonaws.com", 5432);

    /// From AWS's signature test suite (aws-c-auth, `tests/aws-signing-test-suite/v4`, the files `query-signature.txt`).
    @ParameterizedTest
    @CsvSource({
        "'', e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865d",
        "Param2=value2&Param1=value1, 86012e2c9ad4d77369f5d81c11f75158aae4f895a085212cc6d3f923d300bed5",
        "Param-3=Value3&Param=Value2&%E1%88%B4=Value1, c5f1848ceec943ac2ca68ee720460c23aaae30a2300586597ada94c4a65e4787",
        "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz,"
                + " 8e76a88a7433637b12778d5592799b29ad21ecd6cf6325051c21d86f0acda2bf"
    })
    void signatures_are_those_of_the_published_test_suite(String query, String signature) {
        SdkHttpRequest request = SdkHttpRequest.builder()
                .method(SdkHttpMethod.GET)
                .uri(URI.create("https://example.amazonaws.com/" + (query.isEmpty() ? "" : "?" + query)))
                .build();
        SdkHttpRequest signed = new SignedQuery("service", "us-east-1", Duration.ofSeconds(3600), SUITE_CLOCK).sign(request, SUITE);
        assertThat(signed.firstMatchingRawQueryParameter("X-Amz-Signature")).hasValue(signature);
    }

    @Test
    void a_token_is_an_address_for_the_databases_own_name_good_for_a_quarter_of_an_hour() {
        assertThat(tokens(Optional.empty()).token(DATABASE, "mill race").reveal())
                .startsWith("orders.cluster-abc.eu-west-1.rds.amazonaws.com:5432/?")
                .contains("Action=connect", "DBUser=mill%20race", "X-Amz-Expires=900", "X-Amz-Date=20150830T123600Z")
                .contains("X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Feu-west-1%2Frds-db%2Faws4_request", "X-Amz-SignedHeaders=host")
                .doesNotContain("X-Amz-Security-Token");
        AwsSessionCredentials ofRole = AwsSessionCredentials.create("AKIDEXAMPLE", "secret", "session");
        assertThat(new IamTokens(Optional.empty(), StaticCredentialsProvider.create(ofRole), SUITE_CLOCK).token(DATABASE, "m").reveal())
                .contains("X-Amz-Security-Token=session");
    }

    @Test
    void the_region_is_told_from_the_name_or_given() {
        Address named = new Address("db.internal", 5432);
        assertThat(tokens(Optional.of("us-gov-west-1")).token(named, "m").reveal()).contains("%2Fus-gov-west-1%2F");
        Address china = new Address("x.abc.cn-north-1.rds.amazonaws.com.cn", 5432);
        assertThat(tokens(Optional.empty()).token(china, "m").reveal()).contains("%2Fcn-north-1%2F");
    }

    @Test
    void no_credentials_are_a_fault_that_says_where_they_are_looked_for() {
        IamTokens none = new IamTokens(
                Optional.empty(),
                () -> {
                    throw SdkClientException.create("none");
                },
                SUITE_CLOCK);
        Fault fault = catchThrowableOfType(Fault.class, () -> none.token(DATABASE, "m"));
        assertThat(fault.kind()).isEqualTo(FaultKind.AWS_CREDENTIALS);
        assertThat(fault.remedy()).contains("AWS_PROFILE", "aws sts get-caller-identity");
    }

    @Test
    void every_session_has_a_token_of_its_own_and_a_refused_one_names_the_causes() throws SQLException {
        List<Address> asked = new ArrayList<>();
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            database.createUser("by_token", "token-2", "");
            PostgresEndpoint endpoint = new PostgresEndpoint(
                    Route.straight(database.host(), database.port()),
                    database.name(),
                    "by_token",
                    new Login.Token((server, user) -> {
                        asked.add(server);
                        return Secret.of("token-" + asked.size());
                    }),
                    new TlsPolicy(
                            TlsMode.PREFER, Set.of(), new Roots.Unsaid(), Optional.of("db.example.com"), Optional.empty(), ChannelBinding.PREFER),
                    PrivateHosts.ALLOW,
                    Map.of());
            Fault refused = PostgresFaults.of(catchThrowableOfType(SQLException.class, endpoint::open), "source");
            assertThat(refused.kind()).isEqualTo(FaultKind.LOGIN_REFUSED);
            assertThat(refused.description()).contains("refused the IAM token", "15 minutes by the server's clock");
            assertThat(refused.remedy()).contains("clock", "GRANT rds_iam TO", "rds-db:connect", "aws_region");
            try (Connection session = endpoint.open()) {
                assertThat(session.isValid(5)).isTrue();
            }
            assertThat(asked).containsExactly(new Address("db.example.com", database.port()), new Address("db.example.com", database.port()));
        }
    }

    private static IamTokens tokens(Optional<String> region) {
        return new IamTokens(region, StaticCredentialsProvider.create(SUITE), SUITE_CLOCK);
    }
}
