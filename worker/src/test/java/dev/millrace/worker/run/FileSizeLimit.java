package dev.millrace.worker.run;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The operating system's limit on the size of files that this process writes: where one would grow beyond it, writing fails as it does on
/// a full disk (POSIX, `setrlimit`, `RLIMIT_FSIZE`).
final class FileSizeLimit {

    private static final int RLIMIT_FSIZE = 1;

    private FileSizeLimit() {}

    /// Sets the limit for this process, for good.
    @SuppressWarnings("restricted") // There is no other way from Java, and the signature is the one of the manual page.
    static void set(long bytes) {
        Linker linker = Linker.nativeLinker();
        FunctionDescriptor signature = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
        MemorySegment function = linker.defaultLookup().find("setrlimit").orElseThrow();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment softAndHard = arena.allocateFrom(ValueLayout.JAVA_LONG, bytes, bytes);
            int outcome = (int) linker.downcallHandle(function, signature).invokeExact(RLIMIT_FSIZE, softAndHard);
            if (outcome != 0) {
                throw new IllegalStateException("setrlimit gave " + outcome);
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
