package dev.millrace.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.destination.Destination;
import dev.millrace.core.destination.SourceIdentity;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.shape.Shape;
import dev.millrace.testkit.Seed;
import dev.millrace.testkit.change.ChangeScript;
import dev.millrace.testkit.change.RandomHistory;
import dev.millrace.testkit.destination.MemoryDestination;
import dev.millrace.testkit.destination.SeenRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Whole histories by chance: the destination must end where [MemoryDestination] does, however they are cut into batches.
public interface HistoryContract extends DestinationSubject {

    /// How many histories are tried: the system property `millrace.test.histories`, or 6.
    default int histories() {
        return Integer.getInteger("millrace.test.histories", 6);
    }

    /// Opens the destination over new storage, for one more history.
    Destination openAnew();

    @Test
    default void any_history_ends_as_it_would_change_by_change() {
        Random random = Seed.forTest("histories").random();
        for (int i = 0; i < histories(); i++) {
            for (SyncMode mode : SyncMode.values()) {
                try (Destination destination = openAnew()) {
                    new Trial(this, destination, mode, random).run();
                }
            }
        }
    }

    /// One history, told to the destination and to the one in memory.
    final class Trial {
        private final DestinationSubject subject;
        private final Destination destination;
        private final SyncMode mode;
        private final Random random;
        private final boolean steady;
        private final RandomHistory history;
        private final MemoryDestination.Disk disk = new MemoryDestination.Disk();
        private final Destination model = new MemoryDestination(disk);
        private long through = 200;
        private long xid = 1000;
        private double milliseconds;

        Trial(DestinationSubject subject, Destination destination, SyncMode mode, Random random) {
            this.subject = subject;
            this.destination = destination;
            this.mode = mode;
            this.random = random;
            this.steady = random.nextBoolean();
            this.history = new RandomHistory(random);
        }

        void run() {
            var source = new SourceIdentity("7300", "shop");
            destination.adopt(source, DestinationSubject.START);
            model.adopt(source, DestinationSubject.START);
            live(random.nextInt(40));
            int copies = 1 + random.nextInt(2);
            for (int copy = 0; copy < copies; copy++) {
                copyBoth();
                live(random.nextInt(120));
            }
            compare(RandomHistory.KEYED);
            compare(RandomHistory.KEYLESS);
        }

        /// Begins both copies, lets the source live on around the snapshot, and publishes.
        private void copyBoth() {
            CopyPlan keyed = subject.plan(RandomHistory.KEYED, 1);
            CopyPlan keyless = subject.plan(RandomHistory.KEYLESS, 1);
            for (Destination each : List.of(destination, model)) {
                each.beginCopy(keyed, mode);
                each.beginCopy(keyless, mode);
            }
            live(random.nextInt(30));
            TransactionSnapshot snapshot = TransactionSnapshot.parse("%d:%1$d:".formatted(xid));
            load(keyed, history.keyedRows(), snapshot);
            load(keyless, history.keylessRows(), snapshot);
            live(random.nextInt(30));
            for (Destination each : List.of(destination, model)) {
                for (Shape shape : List.of(RandomHistory.KEYED, RandomHistory.KEYLESS)) {
                    each.endCopy(shape.table());
                    each.publish(shape.table());
                }
            }
        }

        private void load(CopyPlan plan, List<List<@Nullable String>> rows, TransactionSnapshot snapshot) {
            for (Destination each : List.of(destination, model)) {
                each.load(
                        plan.shape().table(),
                        plan.ranges().getFirst(),
                        snapshot,
                        DestinationSubject.START,
                        ChangeScript.START.plusMillis((long) milliseconds),
                        ChangeScript.copied(plan.shape(), rows));
            }
        }

        /// Lets the source live for some steps, in batches of any size, some of several pieces.
        private void live(int steps) {
            int left = steps;
            while (left > 0) {
                List<ChangeScript> pieces = new ArrayList<>();
                List<ChangeScript> modelPieces = new ArrayList<>();
                for (int piece = 0; piece <= random.nextInt(2); piece++) {
                    ChangeScript script = random.nextBoolean() ? ChangeScript.inText() : ChangeScript.inBinary();
                    ChangeScript modelScript = ChangeScript.inText();
                    int size = 1 + random.nextInt(15);
                    for (int step = 0; step < size; step++) {
                        if (random.nextInt(3) > 0) {
                            nextTransaction();
                        }
                        script.transaction(xid, milliseconds);
                        modelScript.transaction(xid, milliseconds);
                        history.step(script, modelScript);
                    }
                    nextTransaction();
                    left -= size;
                    pieces.add(script);
                    modelPieces.add(modelScript);
                }
                through += 10;
                destination.write(ChangeScript.pieces(through, pieces));
                model.write(ChangeScript.pieces(through, modelPieces));
            }
        }

        /// The next transaction commits a little later than the one before, or, unless the source's clock is steady, earlier.
        private void nextTransaction() {
            xid++;
            milliseconds += random.nextInt(4) == 0 ? 0.2 : 1 + random.nextInt(5);
            if (!steady && random.nextInt(4) == 0) {
                milliseconds -= random.nextInt(12);
            }
        }

        private void compare(Shape shape) {
            List<SeenRow> expected = disk.rows(shape.table()).orElseThrow();
            List<SeenRow> found = subject.rows(shape.table()).orElseThrow();
            if (mode == SyncMode.HISTORY && !shape.isKeyed() && !steady) {
                // Which of several equal rows ended may be told in another way where time went back.
                assertThat(active(found)).containsExactlyInAnyOrderElementsOf(active(expected));
            } else {
                assertThat(lines(found)).containsExactlyInAnyOrderElementsOf(lines(expected));
            }
        }

        private static List<String> active(List<SeenRow> rows) {
            return rows.stream()
                    .filter(row -> row.span().orElseThrow().active())
                    .map(row -> SeenRow.of(row.values(), false).line())
                    .sorted()
                    .toList();
        }

        private static List<String> lines(List<SeenRow> rows) {
            return rows.stream().map(SeenRow::line).sorted().toList();
        }
    }
}
