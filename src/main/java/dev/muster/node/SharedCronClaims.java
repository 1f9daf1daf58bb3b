package dev.muster.node;

import dev.muster.loop.Loop;
import dev.muster.queue.CronClaims;
import dev.muster.queue.postgres.PostgresStores;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The claims of cron times that nodes share through a database; usable before the database is open. Confined to one loop. */
final class SharedCronClaims implements CronClaims {

    private final Loop loop;
    private final Supplier<Future<PostgresStores>> opening;
    private @Nullable CronClaims open;

    /**
     * Creates the claims for a loop.
     *
     * @param opening returns the open connections, or opens them again after a failure; safe on any thread
     */
    SharedCronClaims(Loop loop, Supplier<Future<PostgresStores>> opening) {
        this.loop = loop;
        this.opening = opening;
    }

    @Override
    public Future<Instant> now() {
        return in(CronClaims::now);
    }

    @Override
    public Future<Verdict> claim(Claim claim) {
        return in(claims -> claims.claim(claim));
    }

    @Override
    public Future<Void> ended(Claim claim) {
        return in(claims -> claims.ended(claim));
    }

    private <T> Future<T> in(Function<CronClaims, Future<T>> question) {
        if (open != null) {
            return question.apply(open);
        }
        Promise<T> answer = Promise.promise();
        opening.get()
                .onComplete((stores, failure) -> loop.execute(() -> {
                    if (failure != null) {
                        answer.fail(failure);
                    } else {
                        open = stores.claims(loop);
                        question.apply(open).onComplete(answer);
                    }
                }));
        return answer.future();
    }
}
