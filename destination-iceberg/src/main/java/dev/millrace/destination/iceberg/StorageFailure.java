package dev.millrace.destination.iceberg;

import java.io.IOException;
import java.io.UncheckedIOException;

/// A file of the lake, or of its cache, could not be read or written; as against what fails in a batch that is being written.
final class StorageFailure extends UncheckedIOException {

    private static final long serialVersionUID = 1L;

    StorageFailure(IOException cause) {
        super(cause);
    }
}
