package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.http.Mischief.Kind;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sixteen callers on three loops share four places to a server that misbehaves at random. Each request carries a token of its
 * own: nobody may ever receive another one's, or more than it.
 *
 * <p>1,000 exchanges, half over HTTP/1.1, half over HTTP/2; more by a property, rounded up to whole rounds:
 * {@code mvn test -Dtest=HttpMischiefTest -Dmuster.test.exchanges=10000}. A failure names its seed, which
 * {@code -Dmuster.test.seed} takes.
 *
 * <p>Second responses that are late are sent between rounds, while connections are idle: what comes once the next request has
 * been written looks like its answer, to every client.
 */
class HttpMischiefTest {

    private static final int CALLERS = 16;
    private static final int EXCHANGES_A_ROUND = 10;
    private static final Duration HANGS_FOR = Duration.ofMillis(100);
    private static final Duration AT_MOST = Duration.ofSeconds(30);

    private final Harness http = new Harness();
    private final Mischief mischief = new Mischief();
    private final ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    private final List<Tasks> trees = new ArrayList<>();
    private final AtomicInteger clean = new AtomicInteger();
    private final AtomicInteger cleanFailures = new AtomicInteger();

    @AfterEach
    void nothingIsLeft() {
        threads.shutdownNow();
        trees.forEach(tree -> Harness.await(tree.close()));
        http.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http1", "http2"})
    void nobodyReceivesWhatWasMeantForAnother(String protocol) throws Exception {
        long seed = Long.getLong("muster.test.seed", System.nanoTime());
        int aRound = CALLERS * EXCHANGES_A_ROUND;
        int rounds = (Integer.getInteger("muster.test.exchanges", 1_000) / 2 + aRound - 1) / aRound;
        boolean http2 = protocol.equals("http2");
        http.source(
                http.serveRaw(http2 ? socket -> new RawStreams(socket, mischief::http2) : mischief::http1),
                "protocol",
                protocol,
                "pool",
                "4");
        for (int i = 0; i < 3; i++) {
            trees.add(Tasks.on(Loop.of(http.vertx)));
        }
        for (int round = 0; round < rounds; round++) {
            List<Future<?>> callers = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                Tasks tree = trees.get(caller % trees.size());
                var random = new Random(seed + round * 1_000L + caller);
                callers.add(threads.submit(() -> call(tree, random, http2)));
            }
            for (Future<?> caller : callers) {
                try {
                    caller.get(3, TimeUnit.MINUTES);
                } catch (ExecutionException | TimeoutException e) {
                    throw new AssertionError("seed " + seed + ", round " + round + ", " + protocol, e);
                }
            }
            mischief.sendWhatIsLate();
        }
        assertThat(http.statistics().pool().inUse()).isZero();
        assertThat(http.statistics().pool().waiting()).isZero();
        List<Task<Object>> last = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            last.add(http.start(trees.get(i % trees.size()), Step.get("/CLEAN/0/token-" + i)));
        }
        for (int i = 0; i < CALLERS; i++) {
            assertThat(Harness.await(last.get(i).future())).as("seed " + seed).isEqualTo("token-" + i);
        }
        assertThat(cleanFailures.get()).as("seed " + seed).isLessThanOrEqualTo(clean.get() / 5);
        System.out.printf(
                "stress: %d exchanges over %s, none got what was meant for another (seed %d)%n",
                rounds * aRound, protocol, seed);
    }

    private void call(Tasks tree, Random random, boolean http2) {
        for (int i = 0; i < EXCHANGES_A_ROUND; i++) {
            // A third of all is innocent.
            Kind kind = random.nextInt(3) == 0 ? Kind.CLEAN : Kind.values()[random.nextInt(Kind.values().length)];
            exchange(tree, random, kind, http2);
        }
    }

    private void exchange(Tasks tree, Random random, Kind kind, boolean http2) {
        String token = "t" + Long.toHexString(random.nextLong());
        int number = random.nextInt(1_000);
        String path = "/" + kind + "/" + number + "/" + token;
        String said = path + (number % 3 == 0 ? " by post" : " by get");
        // Some of what is sent is larger than what the sockets hold, so that the response comes before its end.
        Step step = number % 3 > 0
                ? Step.get(path)
                : Step.of("post", path).value("body", "x".repeat(number % 5 == 0 ? 1 << 20 : number));
        Task<Object> task = http.start(tree, step);
        var ended = new CompletableFuture<Void>();
        task.onEnd(done -> ended.complete(null));
        task.withTimeout(kind == Kind.HANG ? HANGS_FOR : AT_MOST);
        Harness.await(ended);
        Object value;
        try {
            value = task.future().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            check(kind, said, e.getCause(), http2);
            return;
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(said, e);
        }
        if (kind == Kind.NO_CONTENT) {
            assertThat(value).as(said).isNull();
        } else {
            assertThat(value).as(said).isEqualTo(token);
        }
        assertThat(kind)
                .as(said)
                .isNotIn(Kind.TOO_MANY_INTERIM, Kind.SWITCH, Kind.SHORT_END, Kind.CUT_GZIP, Kind.HALF_HEAD, Kind.HANG);
        count(kind, false);
    }

    private void check(Kind kind, String said, Throwable failure, boolean http2) {
        if (kind == Kind.HANG) {
            return;
        }
        assertThat(failure).as(said).isInstanceOf(MusterException.class);
        MusterException e = (MusterException) failure;
        if (!isInnocent(kind)) {
            assertThat(e.type()).as(said + ": " + e.detail()).isIn(ErrorType.BAD_RESPONSE, ErrorType.UNAVAILABLE);
            return;
        }
        // A server may close an idle connection, and over HTTP/2 one that has other streams, in the moment in which it
        // is taken.
        boolean isBrokenOff = http2 && e.detail().contains("breaks off");
        assertThat(e.type() == ErrorType.UNAVAILABLE || isBrokenOff)
                .as(said + ": " + e.detail())
                .isTrue();
        count(kind, true);
    }

    private static boolean isInnocent(Kind kind) {
        return switch (kind) {
            case CLEAN,
                    INTERIM,
                    LEFTOVER,
                    SECOND,
                    LATE_SECOND,
                    NO_CONTENT,
                    GZIP,
                    SLOW,
                    LAST,
                    SILENT_CLOSE,
                    REFUSE,
                    GO_AWAY -> true;
            default -> false;
        };
    }

    private void count(Kind kind, boolean failed) {
        if (kind == Kind.CLEAN) {
            clean.incrementAndGet();
            if (failed) {
                cleanFailures.incrementAndGet();
            }
        }
    }
}
