package dev.millrace.source.pgoutput;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/// Makes log messages that no server would send.
public final class LogMessages {

    private LogMessages() {}

    /// Writes what stands behind the letter.
    @FunctionalInterface
    public interface Writing {
        /// Writes it.
        void to(DataOutputStream out) throws IOException;
    }

    /// A message of the kind that the letter says.
    public static byte[] message(char letter, Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(letter);
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
