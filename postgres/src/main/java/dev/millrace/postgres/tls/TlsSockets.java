package dev.millrace.postgres.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.List;
import java.util.Properties;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// Puts TLS around a connected socket, by a [TlsPolicy]. The driver makes one for each session, by its name; versions 1.2 and 1.3 only.
public final class TlsSockets extends SSLSocketFactory {

    private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

    private final ServerName name;
    private final ChainTrust trust;
    private final SSLSocketFactory plain;

    /// For the driver.
    ///
    /// @param session the session's properties, those of [TlsPolicy#properties] among them
    /// @throws UnusableTls if what the settings give cannot be used; nothing was sent to the server then
    public TlsSockets(Properties session) throws UnusableTls {
        this(TlsPolicy.of(session), InstantSource.system());
    }

    /// @param policy with the server's name
    TlsSockets(TlsPolicy policy, InstantSource clock) throws UnusableTls {
        this.name = new ServerName(policy.serverName().orElse(""));
        this.trust = new ChainTrust(policy, clock);
        KeyManager @Nullable [] client = policy.client().isPresent() ? ClientIdentity.keyManagers(policy.client().get()) : null;
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(client, new TrustManager[] {trust}, null);
            this.plain = context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Invalid JDK: no TLS (must have it)", e);
        }
    }

    /// What the server presented last; null before it did.
    @Nullable PresentedChain seen() {
        return trust.seen();
    }

    @Override
    public Socket createSocket(Socket connected, String host, int port, boolean closesIt) throws IOException {
        SSLSocket socket = (SSLSocket) plain.createSocket(connected, name.text(), port, closesIt);
        socket.setEnabledProtocols(VERSIONS);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(asked());
        socket.setSSLParameters(parameters);
        return socket;
    }

    /// The name for those who choose a server or a certificate by it; none for an address, or a name that is no host's by its form.
    private List<SNIServerName> asked() {
        try {
            return name.isAddress() || name.text().isEmpty() ? List.of() : List.of(new SNIHostName(name.text()));
        } catch (IllegalArgumentException _) {
            return List.of();
        }
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return plain.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return plain.getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw notAsked();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw notAsked();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw notAsked();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw notAsked();
    }

    private static UnsupportedOperationException notAsked() {
        return new UnsupportedOperationException("PostgreSQL asks for TLS on a socket that is connected");
    }
}
