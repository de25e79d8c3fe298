package dev.millrace.source.aws;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.route.Address;
import dev.millrace.core.secret.Secret;
import dev.millrace.postgres.session.Login;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/// Makes tokens by which RDS and Aurora let a user in (Amazon RDS User Guide, "IAM database authentication"): the address of a request that is never
/// sent, signed for the database's own name and port.
///
/// Nothing is asked of AWS for a token itself; credentials are found, kept and renewed by the SDK's own rules (environment, profile, web identity,
/// container, instance). Each call gives a new token. May be used by many threads at the same time.
public final class IamTokens implements Login.Tokens {

    private static final Duration VALIDITY = Duration.ofMinutes(15);
    private static final Pattern ENDPOINT = Pattern.compile("\\.([a-z]{2}(?:-[a-z]+)+-[0-9]+)\\.rds\\.amazonaws\\.com(?:\\.cn)?\\.?$");

    private final Optional<String> region;
    private final AwsCredentialsProvider credentials;
    private final Clock clock;

    /// With the credentials that this process has.
    ///
    /// @param region empty to tell it from the database's name, or else from where this process runs
    public IamTokens(Optional<String> region) {
        this(region, OfProcess.CREDENTIALS, Clock.systemUTC());
    }

    /// Made once: what it found is kept for as long as it is valid.
    private static final class OfProcess {

        static final AwsCredentialsProvider CREDENTIALS = DefaultCredentialsProvider.builder().build();
    }

    IamTokens(Optional<String> region, AwsCredentialsProvider credentials, Clock clock) {
        this.region = region;
        this.credentials = credentials;
        this.clock = clock;
    }

    @Override
    public Secret token(Address server, String user) {
        SignedQuery query = new SignedQuery("rds-db", region(server), VALIDITY, clock);
        SdkHttpRequest request = SdkHttpRequest.builder()
                .method(SdkHttpMethod.GET)
                .protocol("https")
                .host(server.host())
                .port(server.port())
                .encodedPath("/")
                .putRawQueryParameter("Action", "connect")
                .putRawQueryParameter("DBUser", user)
                .build();
        return Secret.of(query.sign(request, credentials(server)).getUri().toString().substring("https://".length()));
    }

    private AwsCredentialsIdentity credentials(Address server) {
        try {
            return credentials.resolveCredentials();
        } catch (SdkException e) {
            throw new Fault(
                    FaultKind.AWS_CREDENTIALS,
                    server.toString(),
                    "This process has no AWS credentials that can be used, so it cannot make the token that `auth_method: AWS_IAM` logs in with.",
                    "Give it some in one of AWS's ways: a role of the instance, task or service account, a profile (`AWS_PROFILE`), or"
                            + " `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. `aws sts get-caller-identity` shows whether there are any.",
                    e);
        }
    }

    private String region(Address server) {
        if (region.isPresent()) {
            return region.get();
        }
        Matcher endpoint = ENDPOINT.matcher(server.host());
        if (endpoint.find()) {
            return endpoint.group(1);
        }
        try {
            return new DefaultAwsRegionProviderChain().getRegion().id();
        } catch (SdkException e) {
            throw new Fault(
                    FaultKind.AWS_CREDENTIALS,
                    server.toString(),
                    "The AWS region of %s can be told neither from its name nor from where this runs, and a token is good in one region only."
                            .formatted(server.host()),
                    "Set `aws_region`, such as `eu-west-1`. Where `host` is a name of your own: give the database's own as `tls_server_name`.",
                    e);
        }
    }
}
