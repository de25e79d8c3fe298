package dev.millrace.core.change;

import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.ShapeCodec;
import dev.millrace.core.spool.SpoolFile;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/// Pieces on disk, one behind the other. A piece is a count and as many table changes; each is its shape, the number of changes, the
/// number of bytes, and the packed bytes. Closing removes the file.
final class PieceFile implements AutoCloseable {

    private final SpoolFile file;
    private int pieces;

    PieceFile(SpoolFile file) {
        this.file = file;
    }

    void append(Piece piece) {
        file.append(out -> write(piece, out));
        pieces++;
    }

    /// Reads the pieces from the first on. The file is held open until the last has been read.
    Iterator<Piece> read() {
        return new Reading(file.read(), pieces);
    }

    @Override
    public void close() {
        file.close();
    }

    private static void write(Piece piece, DataOutputStream out) throws IOException {
        out.writeInt(piece.changes().size());
        for (TableChanges table : piece.changes()) {
            ShapeCodec.write(table.shape(), out);
            out.writeInt(table.count());
            out.writeInt(table.sizeInBytes());
            table.writePacked(out);
        }
    }

    private static Piece readPiece(DataInputStream in) throws IOException {
        int size = in.readInt();
        List<TableChanges> changes = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            Shape shape = ShapeCodec.read(in);
            int count = in.readInt();
            byte[] packed = new byte[in.readInt()];
            in.readFully(packed);
            changes.add(TableChanges.of(shape, packed, count));
        }
        return new Piece(changes);
    }

    private static final class Reading implements Iterator<Piece> {

        private final DataInputStream in;
        private int left;

        Reading(DataInputStream in, int left) {
            this.in = in;
            this.left = left;
        }

        @Override
        public boolean hasNext() {
            return left > 0;
        }

        @Override
        public Piece next() {
            if (left == 0) {
                throw new NoSuchElementException();
            }
            try {
                Piece piece = readPiece(in);
                left--;
                if (left == 0) {
                    in.close();
                }
                return piece;
            } catch (IOException e) {
                throw new UncheckedIOException("A piece of a large batch cannot be read back from its temporary file.", e);
            }
        }
    }
}
