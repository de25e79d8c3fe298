package dev.millrace.postgres.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// Decides whether a chain of certificates is believed.
///
/// An approved certificate of the server itself is enough, whatever its name. Otherwise the chain must lead, by valid signatures, to an approved
/// authority that was presented with it, or to a root. Signatures, purposes and algorithms are checked by the JDK. Revocation is not asked for, as
/// PostgreSQL's own clients do not either unless they are given lists.
final class ChainTrust extends X509ExtendedTrustManager {

    private final TlsPolicy policy;
    private final ServerName name;
    private final InstantSource clock;
    private final @Nullable X509TrustManager roots;
    private volatile @Nullable PresentedChain seen;

    /// @param policy with the server's name
    /// @param clock for validity of what is presented; the JDK looks at its own
    /// @throws UnusableTls if the file of roots cannot be used
    ChainTrust(TlsPolicy policy, InstantSource clock) throws UnusableTls {
        this.policy = policy;
        this.name = new ServerName(policy.serverName().orElse(""));
        this.clock = clock;
        this.roots = policy.verifiesChain() ? roots(policy) : null;
    }

    private static @Nullable X509TrustManager roots(TlsPolicy policy) throws UnusableTls {
        return switch (policy.roots()) {
            case Roots.InFile(var path) -> trusting(CertificateFile.roots(path));
            case Roots.OfSystem _ -> system();
            case Roots.Unsaid _ -> policy.believesSystem() ? system() : null;
        };
    }

    /// What the server presented last; null before it did.
    @Nullable PresentedChain seen() {
        return seen;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        PresentedChain presented = PresentedChain.of(chain);
        seen = presented;
        if (policy.verifiesChain()) {
            verify(presented, chain, authType);
        }
    }

    private void verify(PresentedChain presented, X509Certificate[] chain, String authType) throws CertificateException {
        requireValid(presented, presented.leaf());
        if (policy.approved().contains(presented.leaf().sha256())) {
            return;
        }
        List<PresentedCertificate> approved =
                presented.certificates().stream().filter(one -> policy.approved().contains(one.sha256())).toList();
        if (!approved.isEmpty()) {
            verifyByApproved(approved, presented, chain, authType);
        } else if (roots != null) {
            verifyBy(roots, presented, chain, authType, false);
        } else {
            throw refused(CertificateRefused.Reason.CHANGED, presented, presented.leaf(), null);
        }
        if (policy.verifiesName() && !name.isOf(chain[0])) {
            throw refused(CertificateRefused.Reason.OTHER_NAME, presented, presented.leaf(), null);
        }
    }

    /// What was approved and what the roots say add up: a path to either is enough. Where there is none, what is wrong with the approved one is told.
    private void verifyByApproved(List<PresentedCertificate> approved, PresentedChain presented, X509Certificate[] chain, String authType)
            throws CertificateException {
        try {
            for (PresentedCertificate one : approved) {
                requireValid(presented, one);
            }
            verifyBy(trusting(approved.stream().map(PresentedCertificate::certificate).toList()), presented, chain, authType, true);
        } catch (CertificateException e) {
            if (roots == null) {
                throw e;
            }
            try {
                verifyBy(roots, presented, chain, authType, false);
            } catch (CertificateException byRoots) {
                e.addSuppressed(byRoots);
                throw e;
            }
        }
    }

    private void requireValid(PresentedChain presented, PresentedCertificate one) throws CertificateRefused {
        Instant now = clock.instant();
        if (now.isAfter(one.notAfter())) {
            throw refused(CertificateRefused.Reason.EXPIRED, presented, one, null);
        }
        if (now.isBefore(one.notBefore())) {
            throw refused(CertificateRefused.Reason.NOT_YET_VALID, presented, one, null);
        }
    }

    private void verifyBy(X509TrustManager believed, PresentedChain presented, X509Certificate[] chain, String authType, boolean isAnchorPresented)
            throws CertificateException {
        try {
            believed.checkServerTrusted(chain, authType);
        } catch (CertificateException e) {
            for (PresentedCertificate one : presented.certificates()) {
                requireValid(presented, one);
            }
            throw refused(reason(e, isAnchorPresented), presented, presented.leaf(), e);
        }
    }

    private static CertificateRefused.Reason reason(CertificateException e, boolean isAnchorPresented) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertPathValidatorException path) {
                if (path.getReason() == BasicReason.ALGORITHM_CONSTRAINED) {
                    return CertificateRefused.Reason.WEAK;
                }
                if (path.getReason() == BasicReason.EXPIRED) {
                    return CertificateRefused.Reason.EXPIRED;
                }
                if (path.getReason() == BasicReason.INVALID_SIGNATURE) {
                    return CertificateRefused.Reason.FORGED;
                }
            }
        }
        return isAnchorPresented ? CertificateRefused.Reason.FORGED : CertificateRefused.Reason.FOREIGN;
    }

    private CertificateRefused refused(
            CertificateRefused.Reason reason, PresentedChain chain, PresentedCertificate culprit, @Nullable Throwable cause) {
        return new CertificateRefused(reason, chain, culprit, policy, cause);
    }

    private static X509TrustManager system() {
        return trustManager(null);
    }

    private static X509TrustManager trusting(List<X509Certificate> anchors) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int i = 0; i < anchors.size(); i++) {
                store.setCertificateEntry("anchor-" + i, anchors.get(i));
            }
            return trustManager(store);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("Invalid JDK: no key store in memory (must have one)", e);
        }
    }

    private static X509TrustManager trustManager(@Nullable KeyStore store) {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager found) {
                    return found;
                }
            }
            throw new IllegalStateException("Invalid JDK: no X.509 (must have it)");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Invalid JDK: no PKIX (must have it)", e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("There are no clients here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
