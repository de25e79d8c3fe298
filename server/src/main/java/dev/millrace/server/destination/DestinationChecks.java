package dev.millrace.server.destination;

import dev.millrace.core.fault.Fault;
import dev.millrace.destination.duckdb.DuckReader;
import dev.millrace.server.connection.RunOrders;
import dev.millrace.server.state.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The setup tests of a destination.
///
/// @param orders know where its file is
public record DestinationChecks(RunOrders orders) {

    /// Asks them; findings as the API has them. Nothing is made but the folder.
    public ArrayNode ask(DestinationRecord destination) {
        Path file = orders.file(destination);
        ArrayNode findings = Json.list();
        findings.add(writable(file));
        if (Files.exists(file)) {
            findings.add(readable(file));
        }
        return findings;
    }

    private static ObjectNode writable(Path file) {
        String title = "Folder";
        try {
            Path folder = file.toAbsolutePath().getParent();
            Files.createDirectories(folder);
            if (!Files.isWritable(folder)) {
                return finding(title, "FAILED", "The folder %s cannot be written. Give the server's user the right.".formatted(folder));
            }
            return finding(title, "PASSED", "%s can be written; there are %,d MB left.".formatted(folder, Files.getFileStore(folder).getUsableSpace() >> 20));
        } catch (IOException _) {
            return finding(title, "FAILED", "The folder of %s cannot be made. Give the server's user the right.".formatted(file));
        }
    }

    private static ObjectNode readable(Path file) {
        String title = "Database file";
        try (DuckReader _ = DuckReader.openBesideWriters(file, "")) {
            return finding(title, "PASSED", "%s is a DuckDB file that can be opened.".formatted(file.getFileName()));
        } catch (Fault fault) {
            return finding(title, "FAILED", "%s %s".formatted(fault.description(), fault.remedy()));
        }
    }

    private static ObjectNode finding(String title, String status, String message) {
        return Json.object().put("title", title).put("status", status).put("message", message);
    }
}
