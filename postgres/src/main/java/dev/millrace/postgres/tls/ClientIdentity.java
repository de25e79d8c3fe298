package dev.millrace.postgres.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Makes what TLS shows to a server of a [ClientCertificate].
final class ClientIdentity {

    private static final Pattern PEM = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

    private static final String ALIAS = "client";

    private ClientIdentity() {}

    static KeyManager[] keyManagers(ClientCertificate client) throws UnusableTls {
        List<X509Certificate> chain = CertificateFile.client(client.chain());
        PrivateKey key = key(client, chain.getFirst().getPublicKey().getAlgorithm());
        try {
            // The store never leaves memory, so its password keeps nothing from anybody.
            char[] password = {};
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, password);
            store.setKeyEntry(ALIAS, key, password, chain.toArray(Certificate[]::new));
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(store, password);
            return new KeyManager[] {new AlwaysShown((X509ExtendedKeyManager) managers.getKeyManagers()[0])};
        } catch (GeneralSecurityException | IOException e) {
            throw unusable("does not go with `client_public_certificate`", e);
        }
    }

    private static PrivateKey key(ClientCertificate client, String algorithm) throws UnusableTls {
        Matcher found = PEM.matcher(client.key().reveal());
        if (!found.find()) {
            throw unusable("is not in PEM", null);
        }
        switch (found.group(1)) {
            case "PRIVATE KEY" -> {}
            case "ENCRYPTED PRIVATE KEY" -> throw unusable("is encrypted, and there is nowhere to give its password", null);
            case "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY" -> throw unusable("is in an older form than PKCS#8", null);
            default -> throw unusable("is something else than a key", null);
        }
        try {
            byte[] bytes = Base64.getMimeDecoder().decode(found.group(2));
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
        } catch (GeneralSecurityException e) {
            throw unusable("does not go with `client_public_certificate`", e);
        }
    }

    private static UnusableTls unusable(String what, @Nullable Throwable cause) {
        return new UnusableTls(
                "`client_private_key` %s, so it cannot be used.".formatted(what),
                "It must be the certificate's key in PKCS#8, not encrypted (`-----BEGIN PRIVATE KEY-----`). `openssl pkcs8 -topk8 -nocrypt -in client.key"
                        + " -out client.pk8` makes it of any other; keep that file where only this program reads it.",
                cause);
    }

    /// Shows the certificate to whoever asks. The JDK would keep it back from a server that names other authorities, and the server could then only
    /// say that it has seen none.
    private static final class AlwaysShown extends X509ExtendedKeyManager {

        private final X509ExtendedKeyManager keys;

        AlwaysShown(X509ExtendedKeyManager keys) {
            this.keys = keys;
        }

        @Override
        public String chooseClientAlias(String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return ALIAS;
        }

        @Override
        public String chooseEngineClientAlias(String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return ALIAS;
        }

        @Override
        public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            return keys.getCertificateChain(alias);
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            return keys.getPrivateKey(alias);
        }
    }
}
