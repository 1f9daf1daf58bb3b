package dev.muster.access;

import static dev.muster.access.Fixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.loop.Loop;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SignatureChecksTest {
    private static final Caller OPS = new Caller("ops", Grants.OWN, OptionalInt.empty(), Map.of());
    private static final VerificationKeys KEYS =
            VerificationKeys.parse(Issuer.set(Issuer.P521.jwk()).getBytes(StandardCharsets.UTF_8), false);

    /** What would be done off the loop, and is not yet. */
    private final ArrayDeque<Runnable> work = new ArrayDeque<>();

    private final SignatureChecks checks = new SignatureChecks(work::add);
    private final AtomicInteger verified = new AtomicInteger();

    private Future<Caller> ask(String token) {
        return checks.check(KeyDigest.of(token), KEYS, () -> {
            verified.incrementAndGet();
            return OPS;
        });
    }

    private void work() {
        for (Runnable next = work.poll(); next != null; next = work.poll()) {
            next.run();
        }
    }

    @Test
    void sameToken_isVerifiedOnceForAllWhoBringIt() {
        List<Future<Caller>> asked = List.of(ask("a"), ask("a"), ask("b"));
        assertThat(asked).noneMatch(Future::isComplete);
        assertThat(checks.size()).isEqualTo(2);
        work();
        assertThat(asked).allMatch(caller -> caller.result() == OPS);
        assertThat(verified).hasValue(2);
        assertThat(checks.size()).isZero();
        ask("a");
        work();
        assertThat(verified).hasValue(3);
    }

    @Test
    void sameToken_withOtherKeys_isVerifiedByThem() {
        VerificationKeys others =
                VerificationKeys.parse(Issuer.set(Issuer.RSA.jwk()).getBytes(StandardCharsets.UTF_8), false);
        ask("a");
        Future<Caller> other = checks.check(KeyDigest.of("a"), others, () -> {
            throw new UnidentifiedException("not by these");
        });
        work();
        assertThat(refusal(other)).isEqualTo("not by these");
    }

    @Test
    void tokensPastTheBound_areRefusedAtOnce_untilThereIsRoom() {
        for (int i = 0; i < SignatureChecks.MAX_TOKENS; i++) {
            assertThat(ask("token " + i).isComplete()).isFalse();
        }
        assertThat(ask("one more").cause()).isInstanceOf(TooManyTokensException.class);
        assertThat(ask("token 0").isComplete()).isFalse();
        assertThat(work).hasSize(SignatureChecks.MAX_TOKENS);
        work.remove().run();
        Future<Caller> again = ask("one more");
        work();
        assertThat(again.succeeded()).isTrue();
        assertThat(checks.size()).isZero();
    }

    @Test
    void requestsPastTheBound_areRefusedAtOnce_untilThereIsRoom() {
        for (int i = 0; i < SignatureChecks.MAX_WAITING; i++) {
            ask("token");
        }
        assertThat(ask("token").cause()).isInstanceOf(TooManyTokensException.class);
        assertThat(ask("another").cause()).isInstanceOf(TooManyTokensException.class);
        work();
        assertThat(verified).hasValue(1);
        assertThat(ask("token").isComplete()).isFalse();
    }

    @Test
    void threadsThatAreRefused_leaveNothing() {
        var without = new SignatureChecks(refused -> {
            throw new RejectedExecutionException("no threads");
        });
        assertThat(without.check(KeyDigest.of("a"), KEYS, () -> OPS).cause())
                .isInstanceOf(RejectedExecutionException.class);
        assertThat(without.size()).isZero();
    }

    @Test
    void ownThreads_areFew() throws Exception {
        var own = new SignatureChecks();
        var atOnce = new AtomicInteger();
        var most = new AtomicInteger();
        List<Future<Caller>> asked = new ArrayList<>();
        for (int i = 0; i < SignatureChecks.MAX_TOKENS; i++) {
            asked.add(own.check(KeyDigest.of("token " + i), KEYS, () -> {
                most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                assertThat(Thread.currentThread().getName()).startsWith("muster-tokens-");
                atOnce.decrementAndGet();
                return OPS;
            }));
        }
        for (Future<Caller> caller : asked) {
            caller.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        }
        assertThat(most.get()).isBetween(1, 4);
    }

    @Test
    void forgedTokens_leaveTheLoopFree_andKnownOnesAreTakenAtOnce() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            var settings = new JwtSettings(new KeySource.Fixed(KEYS), "us", "muster");
            var callers = new Callers(
                    Map.of("ops", OPS), Map.of(), Optional.of(new Tokens(settings, Map.of("ops", OPS), checks)));
            callers.open(vertx, Loop.of(vertx));
            Context loop = vertx.getOrCreateContext();
            String known = Issuer.P521.token("ES512", claims(0));
            Future<Caller> first = on(loop, () -> callers.identify("Bearer " + known));
            work();
            assertThat(got(first).name()).isEqualTo("ops");

            List<Future<Caller>> forged = new ArrayList<>();
            Promise<Boolean> cameBack = Promise.promise();
            on(loop, () -> {
                for (int i = 1; i <= SignatureChecks.MAX_TOKENS; i++) {
                    forged.add(callers.identify("Bearer " + forged(i)));
                }
                forged.get(0).onComplete(refused -> cameBack.complete(Vertx.currentContext() == loop));
                return Future.succeededFuture();
            });
            // On the loop, behind all of them: none has been computed there, and none has to be.
            Future<Caller> again = on(loop, () -> {
                Future<Caller> caller = callers.identify("Bearer " + known);
                assertThat(caller.isComplete()).isTrue();
                assertThat(callers.identify("Bearer " + forged(0)).cause()).isInstanceOf(TooManyTokensException.class);
                return caller;
            });
            assertThat(got(again).name()).isEqualTo("ops");
            assertThat(forged).noneMatch(Future::isComplete);
            assertThat(callers.statistics().checkingTokens()).isEqualTo(SignatureChecks.MAX_TOKENS);

            work();
            assertThat(refusal(forged.get(0))).isEqualTo("the token's signature is wrong");
            assertThat(cameBack.future()
                            .toCompletionStage()
                            .toCompletableFuture()
                            .get(20, TimeUnit.SECONDS))
                    .isTrue();
            // Once refused, it is by memory.
            assertThat(callers.identify("Bearer " + forged(1)).cause()).isInstanceOf(UnidentifiedException.class);
            assertThat(work).isEmpty();
            assertThat(callers.statistics().rememberedTokens()).isEqualTo(1);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        }
    }

    private static Map<String, Object> claims(long number) {
        return Map.of("iss", "us", "aud", "muster", "sub", "ops", "exp", 99_999_999_999L, "n", number);
    }

    /** With the claims of a good one, and a signature that is none of these. */
    private static String forged(long number) {
        byte[] signature = new byte[132];
        signature[65] = 1;
        signature[131] = 1;
        return Issuer.part(Map.of("alg", "ES512", "kid", "p521")) + "." + Issuer.part(claims(number)) + "."
                + Issuer.encode(signature);
    }

    private interface Asked<T> {
        Future<T> ask();
    }

    private static <T> Future<T> on(Context loop, Asked<T> asked) throws Exception {
        Promise<Future<T>> promise = Promise.promise();
        loop.runOnContext(ignored -> {
            try {
                promise.complete(asked.ask());
            } catch (AssertionError | RuntimeException e) {
                promise.fail(e);
            }
        });
        return promise.future().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static Caller got(Future<Caller> caller) throws Exception {
        return caller.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
