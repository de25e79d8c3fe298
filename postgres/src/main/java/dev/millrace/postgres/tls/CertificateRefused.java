package dev.millrace.postgres.tls;

import java.security.cert.CertificateException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A server's certificate is not believed.
public final class CertificateRefused extends CertificateException {

    /// Why not.
    public enum Reason {
        /// Its time is over, or that of one that it is signed by.
        EXPIRED,
        /// Its time has not come, or that of one that it is signed by.
        NOT_YET_VALID,
        /// Certificates are approved, and none of those presented is among them.
        CHANGED,
        /// It leads to no certificate that is believed.
        FOREIGN,
        /// It claims to be signed by one that is believed, and is not, or by way of one that may not sign.
        FORGED,
        /// It is signed by a method that is no longer safe.
        WEAK,
        /// It is of another name.
        OTHER_NAME
    }

    private final Reason reason;
    private final transient PresentedChain chain;
    private final transient TlsPolicy policy;
    private final transient PresentedCertificate culprit;

    CertificateRefused(
            Reason reason, PresentedChain chain, PresentedCertificate culprit, TlsPolicy policy, @Nullable Throwable cause) {
        super(reason + ": " + culprit.subject(), cause);
        this.reason = reason;
        this.chain = chain;
        this.culprit = culprit;
        this.policy = policy;
    }

    /// Why.
    public Reason reason() {
        return reason;
    }

    /// All that the server presented, its own certificate first.
    public List<PresentedCertificate> chain() {
        return chain.certificates();
    }

    /// The certificate of the chain that the reason is about.
    public PresentedCertificate culprit() {
        return culprit;
    }

    /// What was approved before.
    public Set<String> approved() {
        return policy.approved();
    }

    /// What was asked for.
    TlsPolicy policy() {
        return policy;
    }
}
