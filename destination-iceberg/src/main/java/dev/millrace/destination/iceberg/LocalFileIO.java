package dev.millrace.destination.iceberg;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.iceberg.io.SupportsPrefixOperations;

/// Files of this machine, told by locations such as `file:///srv/lake/a.parquet`. What was closed is on the disk.
///
/// Iceberg's own for local files is Hadoop's.
public final class LocalFileIO implements SupportsPrefixOperations {

    private static final long serialVersionUID = 1L;
    private static final String SCHEME = "file:";

    /// Made by Iceberg, by name.
    public LocalFileIO() {}

    /// The location of a file.
    static String location(Path file) {
        return SCHEME + "//" + file.toAbsolutePath().normalize();
    }

    /// Whether a location is that of a file of this machine.
    static boolean isLocal(String location) {
        return location.startsWith(SCHEME) || location.startsWith("/");
    }

    /// The file at a location.
    static Path path(String location) {
        String rest = location.startsWith(SCHEME) ? location.substring(SCHEME.length()) : location;
        int slashes = 0;
        while (slashes < rest.length() && rest.charAt(slashes) == '/') {
            slashes++;
        }
        return Path.of("/" + rest.substring(slashes));
    }

    @Override
    public InputFile newInputFile(String location) {
        return new Input(location);
    }

    @Override
    public OutputFile newOutputFile(String location) {
        return new Output(location);
    }

    @Override
    public void deleteFile(String location) {
        try {
            Files.deleteIfExists(path(location));
        } catch (IOException e) {
            throw new StorageFailure(e);
        }
    }

    @Override
    public List<FileInfo> listPrefix(String prefix) {
        Path folder = path(prefix);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).map(LocalFileIO::info).toList();
        } catch (IOException e) {
            throw new StorageFailure(e);
        }
    }

    private static FileInfo info(Path file) {
        try {
            return new FileInfo(location(file), Files.size(file), Files.getLastModifiedTime(file).toMillis());
        } catch (IOException e) {
            throw new StorageFailure(e);
        }
    }

    @Override
    public void deletePrefix(String prefix) {
        listPrefix(prefix).forEach(file -> deleteFile(file.location()));
    }

    /// Makes sure that a file which somebody else wrote is on the disk.
    static void force(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        } catch (IOException e) {
            throw new StorageFailure(e);
        }
    }

    private record Input(String location) implements InputFile {

        @Override
        public long getLength() {
            try {
                return Files.size(path(location));
            } catch (IOException e) {
                throw unreadable(e);
            }
        }

        @Override
        public SeekableInputStream newStream() {
            try {
                return new FileInput(FileChannel.open(path(location), StandardOpenOption.READ));
            } catch (IOException e) {
                throw unreadable(e);
            }
        }

        private RuntimeException unreadable(IOException e) {
            return e instanceof NoSuchFileException ? new NotFoundException(e, "No file: %s", location) : new StorageFailure(e);
        }

        @Override
        public boolean exists() {
            return Files.exists(path(location));
        }
    }

    private record Output(String location) implements OutputFile {

        @Override
        public PositionOutputStream create() {
            return open(StandardOpenOption.CREATE_NEW);
        }

        @Override
        public PositionOutputStream createOrOverwrite() {
            return open(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        }

        private PositionOutputStream open(StandardOpenOption... options) {
            Path file = path(location);
            try {
                Files.createDirectories(file.getParent());
                StandardOpenOption[] all = Stream.concat(Stream.of(StandardOpenOption.WRITE), Stream.of(options))
                        .toArray(StandardOpenOption[]::new);
                return new FileOutput(FileChannel.open(file, all));
            } catch (FileAlreadyExistsException e) {
                throw new AlreadyExistsException(e, "File is there already: %s", location);
            } catch (IOException e) {
                throw new StorageFailure(e);
            }
        }

        @Override
        public InputFile toInputFile() {
            return new Input(location);
        }
    }

    private static final class FileInput extends SeekableInputStream {

        private final FileChannel channel;
        private final java.io.InputStream in;
        private long position;

        FileInput(FileChannel channel) {
            this.channel = channel;
            this.in = java.nio.channels.Channels.newInputStream(channel);
        }

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public void seek(long to) throws IOException {
            channel.position(to);
            position = to;
        }

        @Override
        public int read() throws IOException {
            int read = in.read();
            position += read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = in.read(into, offset, length);
            position += Math.max(read, 0);
            return read;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private static final class FileOutput extends PositionOutputStream {

        private final FileChannel channel;
        private final OutputStream out;
        private long position;

        FileOutput(FileChannel channel) {
            this.channel = channel;
            this.out = new java.io.BufferedOutputStream(java.nio.channels.Channels.newOutputStream(channel), 1 << 16);
        }

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public void write(int one) throws IOException {
            out.write(one);
            position++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            position += length;
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            if (channel.isOpen()) {
                try (channel) {
                    out.flush();
                    channel.force(true);
                }
            }
        }
    }
}
