package dev.millrace.source.aws;

import java.time.Clock;
import java.time.Duration;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner.AuthLocation;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/// Signs a request by Signature Version 4 in its query, so that its address alone proves who made it.
///
/// @param service the service's name in the signature
/// @param region its region
/// @param validity how long it holds from now
/// @param clock says what now is
record SignedQuery(String service, String region, Duration validity, Clock clock) {

    /// The request with its signature.
    SdkHttpRequest sign(SdkHttpRequest request, AwsCredentialsIdentity credentials) {
        return AwsV4HttpSigner.create()
                .sign(signing -> signing.identity(credentials)
                        .request(request)
                        .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, service)
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                        .putProperty(AwsV4FamilyHttpSigner.AUTH_LOCATION, AuthLocation.QUERY_STRING)
                        .putProperty(AwsV4FamilyHttpSigner.EXPIRATION_DURATION, validity)
                        .putProperty(HttpSigner.SIGNING_CLOCK, clock))
                .request();
    }
}
