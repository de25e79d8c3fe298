package dev.millrace.postgres.tls;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.postgresql.ssl.PGjdbcHostnameVerifier;

/// A name or address that a server shall have, held against those of its certificate as PostgreSQL's own clients do (libpq manual, 34.19.1):
/// alternative names; where it has none, the common name.
///
/// @param text without brackets and without the dot at the end
record ServerName(String text) {

    private static final int DNS = 2;
    private static final int ADDRESS = 7;
    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|[0-9a-fA-F:.%]*:[0-9a-fA-F:.%]*");

    ServerName {
        text = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    }

    /// Whether it is an address rather than a name.
    boolean isAddress() {
        return LITERAL.matcher(text).matches();
    }

    /// Whether the certificate is of this name.
    boolean isOf(X509Certificate certificate) {
        return isAddress()
                ? names(certificate, ADDRESS).stream().anyMatch(name -> new ServerName(name).isAddress() && new ServerName(name).address().equals(address()))
                : dnsNames(certificate).stream().anyMatch(pattern -> matches(pattern));
    }

    private boolean matches(String pattern) {
        return PGjdbcHostnameVerifier.INSTANCE.verifyHostName(text.toLowerCase(Locale.ROOT), pattern.toLowerCase(Locale.ROOT));
    }

    /// What a certificate says that its server is called, for messages.
    static List<String> all(X509Certificate certificate) {
        List<String> all = new ArrayList<>(dnsNames(certificate));
        all.addAll(names(certificate, ADDRESS));
        return all;
    }

    private static List<String> dnsNames(X509Certificate certificate) {
        List<String> alternatives = names(certificate, DNS);
        return alternatives.isEmpty() && names(certificate, ADDRESS).isEmpty() ? commonNames(certificate) : alternatives;
    }

    private static List<String> names(X509Certificate certificate, int kind) {
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            return alternatives == null
                    ? List.of()
                    : alternatives.stream().filter(name -> name.get(0).equals(kind)).map(name -> String.valueOf(name.get(1))).toList();
        } catch (CertificateParsingException _) {
            return List.of();
        }
    }

    private static List<String> commonNames(X509Certificate certificate) {
        try {
            return new LdapName(certificate.getSubjectX500Principal().getName())
                    .getRdns().stream()
                            .filter(part -> part.getType().equalsIgnoreCase("CN"))
                            .map(Rdn::getValue)
                            .map(String::valueOf)
                            .toList();
        } catch (InvalidNameException _) {
            return List.of();
        }
    }

    private InetAddress address() {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("Invalid address: %s (must be one, by its form)".formatted(text), e);
        }
    }
}
