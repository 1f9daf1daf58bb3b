package dev.muster.queue.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Soon;
import dev.muster.connect.Rig;
import dev.muster.loop.Loop;
import dev.muster.queue.CronClaims;
import dev.muster.queue.CronClaimsContract;
import dev.muster.service.FakeDeployment;
import dev.muster.service.RunManager;
import dev.muster.work.CronScheduler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class PostgresCronClaimsTest extends CronClaimsContract {

    private static JobsDatabase database;
    private static PostgresStores stores;
    private static Loop loop;
    private static CronClaims claims;

    @BeforeAll
    static void open() {
        database = new JobsDatabase();
        stores = database.node();
        loop = Loop.of(database.vertx);
        claims = stores.claims(loop);
        database.sql("create table clock (at timestamptz)");
        database.sql("insert into clock values (clock_timestamp())");
        database.sql("create or replace function muster.now() returns timestamptz language sql volatile as "
                + "$$ select at from clock $$");
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @Override
    protected String name() {
        return JobsDatabase.name();
    }

    @Override
    protected void setClock(Instant to) {
        database.sql("update clock set at = timestamptz '" + to + "'");
    }

    @Override
    protected CronClaims.Verdict claim(CronClaims.Claim claim) {
        return said(() -> claims.claim(claim));
    }

    @Override
    protected void ended(CronClaims.Claim claim) {
        said(() -> claims.ended(claim));
    }

    @Override
    protected Instant now() {
        return said(claims::now);
    }

    private static <T> T said(Supplier<Future<T>> operation) {
        Promise<T> answer = Promise.promise();
        loop.execute(() -> operation.get().onComplete(answer));
        return Rig.await(answer.future());
    }

    private static CronClaims.Claim wish(String plan, Instant at, long number) {
        return new CronClaims.Claim(plan, at, false, Duration.ofMinutes(5), number);
    }

    @Test
    void runOfANodeThatDied_countsAsGoingOn_noLongerThanItMay() {
        String plan = name();
        claim(wish(plan, NOON, 1));
        setClock(NOON.plusSeconds(299));
        assertThat(claim(wish(plan, NOON.plusSeconds(240), 2))).isEqualTo(CronClaims.Verdict.BUSY);
        setClock(NOON.plusSeconds(301));
        assertThat(claim(wish(plan, NOON.plusSeconds(300), 3))).isEqualTo(CronClaims.Verdict.FIRE);
    }

    @Test
    void timesOfYesterday_areForgotten() {
        String plan = name();
        claim(wish(plan, NOON, 1));
        setClock(NOON.plus(Duration.ofHours(25)));
        claim(wish(plan, NOON.plus(Duration.ofHours(25)), 2));

        assertThat(database.number("select count(*) from muster.fire where plan = $1", plan))
                .isOne();
    }

    @Test
    void racingClaims_ofOneTime_areGrantedOnce() {
        List<Loop> loops =
                IntStream.range(0, 4).mapToObj(i -> Loop.of(database.vertx)).toList();
        for (int time = 0; time < 50; time++) {
            String plan = name();
            List<Future<CronClaims.Verdict>> claims = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                CronClaims.Claim claim = wish(plan, NOON, i);
                Loop on = loops.get(i % loops.size());
                Promise<CronClaims.Verdict> answer = Promise.promise();
                on.execute(() -> stores.claims(on).claim(claim).onComplete(answer));
                claims.add(answer.future());
            }
            assertThat(claims.stream().map(Rig::await).filter(CronClaims.Verdict.FIRE::equals))
                    .hasSize(1);
        }
    }

    @Test
    void lostConnections_loseNoClaim() {
        String plan = name();
        for (int time = 0; time < 20; time++) {
            Instant at = NOON.plusSeconds(60L * time);
            setClock(at);
            CronClaims.Claim claim = wish(plan, at, time);
            Promise<CronClaims.Verdict> answer = Promise.promise();
            loop.execute(() -> claims.claim(claim).onComplete(answer));
            database.cutAll();
            assertThat(Rig.await(answer.future())).isEqualTo(CronClaims.Verdict.FIRE);
            ended(claim);
        }
    }

    // ---- nodes whose clocks are an hour apart

    /** A node on virtual time that counts what it has asked for and not heard of. */
    private static final class Node implements CronClaims {
        final FakeDeployment offer = new FakeDeployment()
                .plan("plan: often\ntrigger: {cron: '* * * * *'}\noutput: 1")
                .plan("plan: rarely\ntrigger: {cron: '*/7 * * * *'}\noutput: 1");
        final Map<String, List<Instant>> granted = new TreeMap<>();
        final RunManager runManager = new RunManager(RunManager.Limits.DEFAULTS);
        final CronScheduler clockwork;
        private final CronClaims claims;
        private int asked;

        Node(PostgresStores stores, Duration ahead) {
            offer.loop.advance(ahead);
            claims = stores.claims(offer.loop);
            clockwork = new CronScheduler(
                    offer.loop, offer, runManager, offer.programs().values(), this);
            clockwork.start();
        }

        @Override
        public Future<Instant> now() {
            return counted(claims.now());
        }

        @Override
        public Future<Verdict> claim(Claim claim) {
            return counted(claims.claim(claim)).onSuccess(verdict -> {
                if (verdict == Verdict.FIRE) {
                    granted.computeIfAbsent(claim.plan(), plan -> new ArrayList<>())
                            .add(claim.at());
                }
            });
        }

        @Override
        public Future<Void> ended(Claim claim) {
            return counted(claims.ended(claim));
        }

        private <T> Future<T> counted(Future<T> answer) {
            asked++;
            return answer.onComplete(any -> asked--);
        }

        /** A second at a time: virtual time does not wait for answers. */
        void pass(long seconds) {
            for (long i = 0; i <= seconds; i++) {
                offer.loop.advance(i == 0 ? Duration.ZERO : Duration.ofSeconds(1));
                offer.loop.runReady();
                Soon.until("the answers of the database", () -> {
                    offer.loop.runReady();
                    return asked == 0;
                });
            }
        }
    }

    @Test
    void nodesWhoseClocksAreAnHourApart_runEachTimeOnce() {
        for (long seed = 0; seed < 3; seed++) {
            database.sql("delete from muster.fire");
            var random = new Random(seed);
            Instant begin = NOON.plusSeconds(1);
            setClock(begin);
            List<Node> nodes = List.of(new Node(stores, Duration.ZERO), new Node(stores, Duration.ofHours(1)));
            long[] behind = new long[2];
            nodes.forEach(node -> node.pass(0));
            Instant clock = begin;
            while (clock.isBefore(begin.plus(Duration.ofMinutes(200)))) {
                int step = 1 + random.nextInt(50);
                clock = clock.plusSeconds(step);
                setClock(clock);
                int paused = random.nextInt(6);
                for (int i = 0; i < 2; i++) {
                    behind[i] += step;
                    if (i != paused) {
                        nodes.get(i).pass(behind[i]);
                        behind[i] = 0;
                    }
                }
            }
            nodes.forEach(node -> node.pass(60));
            String what = "seed " + seed;
            assertThat(granted(nodes, "often")).as(what).containsExactlyElementsOf(times(clock, 60));
            assertThat(granted(nodes, "rarely")).as(what).doesNotHaveDuplicates();
            assertThat(nodes).as(what).allSatisfy(node -> {
                assertThat(node.granted.get("often")).hasSizeGreaterThan(20);
                assertThat(node.clockwork.statistics().begun())
                        .isEqualTo(node.granted.values().stream()
                                .mapToLong(List::size)
                                .sum());
                assertThat(node.clockwork.statistics().overlapped()).isZero();
            });
        }
    }

    private static List<Instant> granted(List<Node> nodes, String plan) {
        return nodes.stream()
                .flatMap(node -> node.granted.getOrDefault(plan, List.of()).stream())
                .sorted()
                .toList();
    }

    /** From noon on, which was less than a minute ago as they started. */
    private static List<Instant> times(Instant until, int everySeconds) {
        List<Instant> times = new ArrayList<>();
        for (Instant one = NOON; !one.isAfter(until); one = one.plusSeconds(everySeconds)) {
            times.add(one);
        }
        return times;
    }
}
