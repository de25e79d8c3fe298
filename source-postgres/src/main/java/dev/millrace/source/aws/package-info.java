/// Logging in to RDS and Aurora by AWS's identity service instead of a password.
///
/// Read [IamTokens] first. This is the only package that sees the AWS SDK, whose classes are loaded when a token is asked for.
@NullMarked
package dev.millrace.source.aws;

import org.jspecify.annotations.NullMarked;
