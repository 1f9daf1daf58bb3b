package dev.muster.queue.postgres;

import dev.muster.loop.Loop;
import dev.muster.queue.CronClaims;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;

/** The cron claims of all nodes on one Postgres, by the clock of the database. Runs on its loop only. */
final class PostgresCronClaims implements CronClaims {

    private final Loop loop;
    private final StorePool pool;

    PostgresCronClaims(Loop loop, StorePool pool) {
        this.loop = loop;
        this.pool = pool;
    }

    @Override
    public Future<Instant> now() {
        return pool.repeat(loop, Statement.NOW, again -> Tuple.tuple())
                .map(rows -> rows.iterator().next().getOffsetDateTime(0).toInstant());
    }

    @Override
    public Future<Verdict> claim(Claim claim) {
        return pool.repeat(
                        loop,
                        Statement.CLAIM,
                        again -> at(claim)
                                .addLong(claim.number())
                                .addBoolean(claim.overlaps())
                                .addLong(StoreRows.micros(claim.longest()))
                                .addLong(StoreRows.micros(PATIENCE)))
                .map(rows -> Verdict.valueOf(rows.iterator().next().getString(0).toUpperCase(Locale.ROOT)));
    }

    @Override
    public Future<Void> ended(Claim claim) {
        return pool.repeat(loop, Statement.CLAIM_ENDED, again -> at(claim)).mapEmpty();
    }

    private static Tuple at(Claim claim) {
        return Tuple.tuple()
                .addString(claim.plan())
                .addOffsetDateTime(OffsetDateTime.ofInstant(claim.at(), ZoneOffset.UTC));
    }
}
