package dev.millrace.core.value;

/// The bytes of a value are not what its type's functions write. The message says where, and never what.
public final class MalformedValue extends RuntimeException {

    /// Says what is wrong.
    public MalformedValue(String message) {
        super(message);
    }
}
