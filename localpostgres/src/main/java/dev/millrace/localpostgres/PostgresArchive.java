package dev.millrace.localpostgres;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// A compressed archive (`.txz`) of PostgreSQL's programs for one [Platform], and where it is read from.
///
/// Each call of [#open] begins at the start of the archive. Safe for use by several threads.
public final class PostgresArchive {

    private final Platform platform;
    private final String origin;
    private final Source source;

    private PostgresArchive(Platform platform, String origin, Source source) {
        this.platform = platform;
        this.origin = origin;
        this.source = source;
    }

    /// The archive for this machine inside the artefact `jar`.
    public static PostgresArchive inJar(Path jar) {
        Platform platform = Platform.current();
        return new PostgresArchive(platform, jar.toString(), () -> openInJar(jar, platform));
    }

    /// The archive for this machine on the class path of `loader`.
    ///
    /// @throws LocalPostgresException if there is none
    public static PostgresArchive onClassPath(ClassLoader loader) {
        Platform platform = Platform.current();
        String name = platform.archiveName();
        if (loader.getResource(name) == null) {
            throw new LocalPostgresException("The class path holds no %s, so no local server can be started.".formatted(name),
                    "Add the artefact io.zonky.test.postgres:%s.".formatted(platform.artefactId()));
        }
        return new PostgresArchive(platform, "the class path", () -> {
            InputStream stream = loader.getResourceAsStream(name);
            if (stream == null) {
                throw new IOException(name + " has gone from the class path");
            }
            return stream;
        });
    }

    private static InputStream openInJar(Path jar, Platform platform) throws IOException {
        if (!Files.isReadable(jar)) {
            throw new LocalPostgresException("There is no readable file %s, so PostgreSQL's programs cannot be unpacked.".formatted(jar),
                    "Give the path of a jar of io.zonky.test.postgres:%s.".formatted(platform.artefactId()));
        }
        ZipFile zip = new ZipFile(jar.toFile());
        ZipEntry entry = zip.getEntry(platform.archiveName());
        if (entry == null) {
            zip.close();
            throw new LocalPostgresException("%s holds no %s, so it does not fit this machine.".formatted(jar, platform.archiveName()),
                    "Use a jar of io.zonky.test.postgres:%s.".formatted(platform.artefactId()));
        }
        return new EntryStream(zip, zip.getInputStream(entry));
    }

    /// The platform whose programs are inside.
    public Platform platform() {
        return platform;
    }

    /// Opens the compressed archive; the caller closes the stream.
    public InputStream open() throws IOException {
        return source.open();
    }

    /// The first 16 hexadecimal digits of the archive's SHA-256; reads all of it.
    public String digest() throws IOException {
        try (InputStream in = open(); DigestInputStream digesting = new DigestInputStream(in, sha256())) {
            digesting.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digesting.getMessageDigest().digest(), 0, 8);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return platform.archiveName() + " from " + origin;
    }

    private interface Source {
        InputStream open() throws IOException;
    }

    /// One entry of a jar; closing it closes the jar.
    private static final class EntryStream extends FilterInputStream {
        private final ZipFile zip;

        EntryStream(ZipFile zip, InputStream entry) {
            super(entry);
            this.zip = zip;
        }

        @Override
        public void close() throws IOException {
            zip.close();
        }
    }
}
