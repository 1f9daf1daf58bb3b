package dev.muster.cli;

import dev.muster.node.Waiting;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.List;

/**
 * What the database of durable queues has seen of leases, by its own clock: a trigger notes when a job is leased and when no more,
 * and whoever works on a job says when it begins and ends. Lines are only added, so that nobody waits for another because of it.
 */
final class LeasesSeen implements AutoCloseable {
    /** Of a lease: what the trigger noted. */
    static final String LEASED = "leased";

    /** Of a job that is worked on: what its plan noted. */
    static final String AT_WORK = "at work";

    /** How a plan says that it begins (1) and ends (-1); parameters are the queue, the key and the job. */
    static final String NOTE =
            "insert into seen (what, queue, key, job, change) values ('" + AT_WORK + "', $1, $2, $3, %d)";

    private final Vertx vertx = Vertx.vertx();
    private final Pool sql;

    /** In a database that has the schema. */
    LeasesSeen(String database) throws InterruptedException {
        sql = PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(2))
                .connectingTo(database)
                .using(vertx)
                .build();
        sql("create table seen (number bigint generated always as identity, what text, queue text, key text, job text,"
                + " change integer, begun timestamptz, at timestamptz default clock_timestamp())");
        sql("create function see() returns trigger language plpgsql as $$ begin"
                + " insert into seen (what, queue, key, job, change, begun)"
                + " select '" + LEASED + "', q.name, new.key, new.id::text,"
                + "   case new.state when 'leased' then 1 else -1 end, new.expires - q.lease"
                + " from muster.queue q where q.id = new.queue; return null; end $$");
        sql("create trigger see after update on muster.job for each row"
                + " when ((old.state = 'leased') <> (new.state = 'leased')) execute function see()");
    }

    /** Waits until so many jobs of a queue are finished and none is left. The database does the waiting. */
    void awaitFinished(String queue, int jobs) throws InterruptedException {
        while (number(
                        "select coalesce(sum(done + dead + cancelled), 0) - coalesce(sum(scheduled + ready + leased), 0)"
                                + " from muster.tally t join muster.queue q on q.id = t.queue, pg_sleep(0.1)"
                                + " where q.name = $1",
                        queue)
                < jobs) {}
    }

    /** How many jobs of a queue were begun. */
    long begun(String queue) throws InterruptedException {
        return number("select count(*) from seen where queue = $1 and what = '" + AT_WORK + "' and change = 1", queue);
    }

    /** The most jobs of one key of a queue of which something holds at one moment. */
    long mostAtOnce(String queue, String what) throws InterruptedException {
        return number(
                "select max(together) from (select sum(change) over (partition by key order by at, number) as together"
                        + " from seen where queue = $1 and what = $2) s",
                queue,
                what);
    }

    /** How many starts of a queue came sooner than a bucket of so many tokens of their key, which refills so fast, lets them. */
    long tooSoon(String queue, int tokens, long microsPerToken) throws InterruptedException {
        return number(
                "with starts as (select key, begun, row_number() over (partition by key order by begun, number) as place"
                        + " from seen where queue = $1 and what = '" + LEASED + "' and change = 1)"
                        + " select count(*) from starts a join starts b on a.key = b.key and a.place < b.place"
                        + " where b.begun < a.begun + (b.place - a.place + 1 - $2::integer) * $3::bigint * interval '1 microsecond'",
                queue,
                tokens,
                microsPerToken);
    }

    long number(String text, Object... parameters) throws InterruptedException {
        Row row = Waiting.got(sql.preparedQuery(text).execute(Tuple.tuple(List.of(parameters))))
                .iterator()
                .next();
        return ((Number) row.getValue(0)).longValue();
    }

    private void sql(String text) throws InterruptedException {
        Waiting.got(sql.query(text).execute());
    }

    @Override
    public void close() throws InterruptedException {
        Waiting.got(sql.close());
        Waiting.got(vertx.close());
    }
}
