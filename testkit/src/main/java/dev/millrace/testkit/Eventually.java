package dev.millrace.testkit;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/// Waits for what becomes true in its own time. Tests wait in no other way.
public final class Eventually {

    private static final long PAUSE_SHORTEST = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long PAUSE_LONGEST = TimeUnit.MILLISECONDS.toNanos(50);

    private Eventually() {}

    /// A statement that is true, false, or throws; all exceptions count as false until the time is over.
    @FunctionalInterface
    public interface Condition {
        /// Whether it is true now.
        boolean holds() throws Exception;
    }

    /// Statements that throw an [AssertionError] while they are false; other exceptions count likewise until the time is over.
    @FunctionalInterface
    public interface Assertion {
        /// Returns if all is true now.
        void check() throws Exception;
    }

    /// Something that can be looked at again and again.
    @FunctionalInterface
    public interface Look<T> {
        /// What is there now.
        T at() throws Exception;
    }

    /// Returns as soon as `condition` holds; it is asked at least once, and once more at the end.
    ///
    /// @param what a sentence for the failure, such as *the slot is inactive*
    /// @throws AssertionError if it does not hold within `limit`; its cause is the condition's last exception, if any
    public static void within(Duration limit, String what, Condition condition) {
        within(limit, () -> {
            if (!condition.holds()) {
                throw new AssertionError("Not within %s: %s".formatted(limit, what));
            }
        });
    }

    /// Returns as soon as `assertion` throws nothing; it is tried at least once, and once more at the end.
    ///
    /// @throws AssertionError the assertion's last, if it still throws after `limit`
    public static void within(Duration limit, Assertion assertion) {
        long end = System.nanoTime() + limit.toNanos();
        for (long pause = PAUSE_SHORTEST; ; pause = Math.min(pause * 2, PAUSE_LONGEST)) {
            boolean last = System.nanoTime() >= end;
            try {
                assertion.check();
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("The wait was interrupted", e);
            } catch (AssertionError e) {
                if (last) {
                    throw e;
                }
            } catch (Exception e) {
                if (last) {
                    throw new AssertionError("After %s it still fails: %s".formatted(limit, e), e);
                }
            }
            LockSupport.parkNanos(pause);
        }
    }

    /// Looks until `good` accepts what is seen, and returns that.
    ///
    /// @throws AssertionError if nothing good is seen within `limit`; it names what was seen last
    public static <T> T seen(Duration limit, Look<T> look, Predicate<? super T> good) {
        Object[] last = new Object[1];
        within(limit, () -> {
            T now = look.at();
            last[0] = now;
            if (!good.test(now)) {
                throw new AssertionError("Not within %s; last seen: %s".formatted(limit, now));
            }
        });
        @SuppressWarnings("unchecked")
        T result = (T) last[0];
        return result;
    }
}
