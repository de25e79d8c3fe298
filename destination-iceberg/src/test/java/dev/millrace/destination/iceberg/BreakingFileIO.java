package dev.millrace.destination.iceberg;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.regex.Pattern;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.jspecify.annotations.Nullable;

/// Local files whose storage can be told to fail at some locations.
public final class BreakingFileIO implements FileIO {

    private static final long serialVersionUID = 1L;
    private static volatile @Nullable Pattern broken;

    private final LocalFileIO files = new LocalFileIO();

    /// Made by Iceberg, by name.
    public BreakingFileIO() {}

    /// From here on no file can be written by Iceberg in whose location the pattern is found.
    static void breakAt(String pattern) {
        broken = Pattern.compile(pattern);
    }

    /// All is well again.
    static void mend() {
        broken = null;
    }

    @Override
    public InputFile newInputFile(String location) {
        return files.newInputFile(location);
    }

    @Override
    public OutputFile newOutputFile(String location) {
        Pattern pattern = broken;
        if (pattern != null && pattern.matcher(location).find()) {
            throw new UncheckedIOException(new IOException("The storage does not answer"));
        }
        return files.newOutputFile(location);
    }

    @Override
    public void deleteFile(String location) {
        files.deleteFile(location);
    }
}
