package dev.millrace.postgres.tls;

import dev.millrace.core.check.Approvable;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;

/// The certificates that a server presented.
///
/// @param certificates at least one, the server's own first, then those that sign it, in the order in which they came
record PresentedChain(List<PresentedCertificate> certificates) {

    PresentedChain {
        certificates = List.copyOf(certificates);
    }

    static PresentedChain of(X509Certificate[] chain) {
        return new PresentedChain(Arrays.stream(chain).map(PresentedCertificate::new).toList());
    }

    PresentedCertificate leaf() {
        return certificates.getFirst();
    }

    List<Approvable> approvable() {
        return certificates.stream().map(PresentedCertificate::approvable).toList();
    }
}
