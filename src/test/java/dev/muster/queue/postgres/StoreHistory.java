package dev.muster.queue.postgres;

import dev.muster.queue.NewJob;
import dev.muster.queue.Settle;
import dev.muster.queue.StoreFixture;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What was asked of stores, when, and what they answered. Any thread. */
final class StoreHistory {
    private final List<Operation> operations = new ArrayList<>();

    /** What was asked. */
    sealed interface Asked {
        /** Puts jobs; no two of a history have the same body. */
        record Put(List<NewJob> jobs) implements Asked {}

        record Take(int max) implements Asked {}

        record Says(List<Settle> settles) implements Asked {}

        record Cancel(List<String> ids) implements Asked {}

        record Redrive(int max) implements Asked {}

        record RedriveOne(String id) implements Asked {}

        record Turn(StoreFixture.Switch which, boolean on) implements Asked {}

        record Find(String id) implements Asked {}

        record Status() implements Asked {}
    }

    /** One operation. Whoever reads its end has awaited it. */
    static final class Operation {
        final int number;
        final int queue;
        final String node;
        final Asked asked;
        final Instant begun = Instant.now();
        volatile @Nullable Instant ended;
        volatile @Nullable Object answer;
        volatile @Nullable Throwable failure;

        Operation(int number, int queue, String node, Asked asked) {
            this.number = number;
            this.queue = queue;
            this.node = node;
            this.asked = asked;
        }

        /** Whether it is known what came of it. */
        boolean isAnswered() {
            return ended != null && failure == null;
        }

        @Override
        public String toString() {
            Object end = failure != null ? "not answered: " + failure.getMessage() : answer;
            return "#" + number + " " + begun + " to " + ended + " by " + node + ": " + asked + " -> " + end;
        }
    }

    /** Does something and notes it. */
    <A> Future<A> note(int queue, String node, Asked asked, Supplier<Future<A>> operation) {
        Operation noted;
        synchronized (operations) {
            noted = new Operation(operations.size(), queue, node, asked);
            operations.add(noted);
        }
        Promise<A> end = Promise.promise();
        operation.get().onComplete((answer, failure) -> {
            noted.answer = answer;
            noted.failure = failure;
            noted.ended = Instant.now();
            if (failure == null) {
                end.complete(answer);
            } else {
                end.fail(failure);
            }
        });
        return end.future();
    }

    List<Operation> operations() {
        synchronized (operations) {
            return List.copyOf(operations);
        }
    }
}
