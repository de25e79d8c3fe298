package dev.millrace.core.verify;

import dev.millrace.core.naming.TargetNames;
import dev.millrace.core.shape.Shape;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// One of the two databases that are compared, held at one moment until it is closed. Belongs to one thread.
///
/// A row's text is, for each compared column in order, the length of its canonical text in bytes, a colon and the text, or a hyphen for a
/// null; its digest is the MD5 of that. A row's key text is the same over the key's columns, or over all columns in a table without a
/// key. A row lies in the bucket that the first 32 bits of its key text's MD5 name, modulo the number of buckets.
public interface Side extends AutoCloseable {

    /// A table as it is to be compared.
    ///
    /// @param shape its columns, types and key at the source
    /// @param names what the destination calls it and its columns
    /// @param forms one for each column, in the shape's order
    record Subject(Shape shape, TargetNames names, List<CanonicalForm> forms) {

        /// Keeps its own copy of the list.
        public Subject {
            forms = List.copyOf(forms);
            if (forms.size() != shape.columns().size()) {
                throw new IllegalArgumentException("Invalid forms of %s: %d (must be %d, one for each column)"
                        .formatted(shape.table(), forms.size(), shape.columns().size()));
            }
        }

        /// The places of the columns that make up the key's text.
        public List<Integer> keyPlaces() {
            return shape.isKeyed() ? shape.keyPlaces() : IntStream.range(0, forms.size()).boxed().toList();
        }
    }

    /// The checksum of a bucket's rows: their number, and the sums of the first and the second 60 bits of their digests, modulo 2^64.
    record BucketSum(long rows, long first, long second) {}

    /// A row as far as it is compared.
    ///
    /// @param keyDigest MD5 of the key's text, 32 hexadecimal digits
    /// @param digest MD5 of the row's text
    record RowDigest(String keyDigest, String digest) {}

    /// A row in canonical texts.
    ///
    /// @param texts one for each column; a null is null
    record CanonicalRow(String keyDigest, List<@Nullable String> texts) {}

    /// The checksums of all buckets that have rows.
    ///
    /// @param buckets their number, a power of two
    Map<Integer, BucketSum> sums(Subject subject, int buckets);

    /// Gives the digests of all rows in some buckets, in no order.
    void digests(Subject subject, int buckets, Set<Integer> wanted, Consumer<RowDigest> consumer);

    /// The rows with some key digests; more than one for a digest where equal rows have no key.
    List<CanonicalRow> rows(Subject subject, Collection<String> keyDigests);

    @Override
    void close();
}
