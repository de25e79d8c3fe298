package dev.millrace.worker.approval;

import dev.millrace.core.check.Approvable;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// All that was approved for one connection, in a file beside its settings: `orders.approved.yaml` beside `orders.yaml`.
///
/// It holds no secret, only what servers show to everybody, and may be kept with the settings under version control. Lines may be removed by hand:
/// what is not there is not approved. A snapshot; whoever approves gets another.
///
/// @param file that they are kept in; may not exist
/// @param all in the order in which they were approved
public record Approvals(Path file, List<Approval> all) {

    private static final int LONGEST_FILE = 1 << 20;

    /// Keeps its own copy of the list.
    public Approvals {
        all = List.copyOf(all);
    }

    /// Those for the connection of a settings file; none where nothing was approved yet.
    ///
    /// @throws Fault if the file is there and is not what was written
    public static Approvals read(Path settingsFile) {
        Path file = beside(settingsFile);
        if (!Files.exists(file)) {
            return new Approvals(file, List.of());
        }
        try {
            if (Files.size(file) > LONGEST_FILE) {
                throw unreadable(file, new IOException("Too long"));
            }
            Object root = new Load(LoadSettings.builder().setLabel(file.toString()).build()).loadFromString(Files.readString(file));
            return new Approvals(file, root instanceof List<?> list ? approvals(list, file) : approvals(List.of(String.valueOf(root)), file));
        } catch (IOException | YamlEngineException e) {
            throw unreadable(file, e);
        }
    }

    private static Path beside(Path settingsFile) {
        String name = String.valueOf(settingsFile.getFileName());
        int dot = name.lastIndexOf('.');
        return settingsFile.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ".approved.yaml");
    }

    private static List<Approval> approvals(List<?> list, Path file) {
        List<Approval> approvals = new ArrayList<>();
        for (Object one : list) {
            if (!(one instanceof Map<?, ?> fields)) {
                throw unreadable(file, new IOException("Not a list of blocks"));
            }
            try {
                approvals.add(new Approval(
                        Approvable.Kind.valueOf(String.valueOf(fields.get("kind"))),
                        String.valueOf(fields.get("fingerprint")),
                        String.valueOf(fields.get("name")),
                        Instant.parse(String.valueOf(fields.get("approved")))));
            } catch (IllegalArgumentException | DateTimeParseException e) {
                throw unreadable(file, e);
            }
        }
        return approvals;
    }

    /// Approves one more and has it on disk, whole or not at all, before it returns. Approving what is approved changes nothing.
    ///
    /// @param now when it is approved
    /// @throws Fault if the file cannot be written; nothing is approved then
    public Approvals approve(Approvable approvable, Instant now) {
        if (isApproved(approvable)) {
            return this;
        }
        List<Approval> more = new ArrayList<>(all);
        more.add(new Approval(approvable.kind(), approvable.fingerprint(), approvable.name(), now));
        Approvals approvals = new Approvals(file, more);
        approvals.write();
        return approvals;
    }

    /// Whether it is among them.
    public boolean isApproved(Approvable approvable) {
        return fingerprints(approvable.kind()).contains(approvable.fingerprint());
    }

    /// SHA-256 of the approved certificates, 64 lower-case hexadecimal digits each.
    public Set<String> certificates() {
        return fingerprints(Approvable.Kind.CERTIFICATE);
    }

    /// SHA-256 of the approved host keys of tunnels, as OpenSSH prints them.
    public Set<String> hostKeys() {
        return fingerprints(Approvable.Kind.HOST_KEY);
    }

    private Set<String> fingerprints(Approvable.Kind kind) {
        return all.stream().filter(one -> one.kind() == kind).map(Approval::fingerprint).collect(Collectors.toUnmodifiableSet());
    }

    private void write() {
        List<Map<String, String>> blocks = all.stream().map(Approvals::block).toList();
        String yaml = new Dump(DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).build()).dumpToString(blocks);
        String text = "# What was approved by `millrace check --trust`. Remove a block to take it back.\n" + yaml;
        Path directory = file.toAbsolutePath().getParent();
        try {
            Path whole = Files.createTempFile(directory, file.getFileName() + ".", ".new");
            try {
                Files.writeString(whole, text);
                Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(whole);
            }
        } catch (IOException e) {
            throw new Fault(
                    FaultKind.SETTINGS_INVALID,
                    file.toString(),
                    "File %s, which keeps what is approved, cannot be written, so nothing was approved.".formatted(file),
                    "Make its directory writable, or put the fingerprint into the settings: `trusted_certificates`.",
                    e);
        }
    }

    private static Map<String, String> block(Approval approval) {
        Map<String, String> block = new LinkedHashMap<>();
        block.put("kind", approval.kind().name());
        block.put("fingerprint", approval.fingerprint());
        block.put("name", approval.name());
        block.put("approved", approval.approved().toString());
        return block;
    }

    private static Fault unreadable(Path file, Exception cause) {
        return new Fault(
                FaultKind.SETTINGS_INVALID,
                file.toString(),
                "File %s, which keeps what is approved, is not as it was written, so it is not known what is.".formatted(file),
                "Mend it: a list of blocks with `kind`, `fingerprint`, `name` and `approved`. Or remove it, and approve again.",
                cause);
    }
}
