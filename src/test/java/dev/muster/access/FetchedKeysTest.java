package dev.muster.access;

import static dev.muster.access.Fixture.ended;
import static dev.muster.access.Fixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.loop.VirtualLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FetchedKeysTest {
    private static final String ADDRESS = "https://id.example.com/jwks";

    private final VirtualLoop loop = VirtualLoop.inOrder();
    private final FakeIssuer issuer = new FakeIssuer();
    private final Callers callers = callers();

    @AfterEach
    void closed_nothingIsLeft() {
        callers.close();
        loop.runReady();
        assertThat(loop.waitingTimers()).isZero();
    }

    private Callers callers() {
        var keys = new FetchedKeys(ADDRESS, (vertx, on, address) -> issuer);
        var settings = new JwtSettings(keys, "us", "muster");
        var ops = new Caller("ops", Grants.OWN, OptionalInt.empty(), Map.of());
        return new Callers(
                Map.of("ops", ops),
                Map.of(),
                Optional.of(new Tokens(settings, Map.of("ops", ops), new SignatureChecks(Runnable::run))));
    }

    private Future<Void> open() {
        var opened = callers.open(null, loop);
        loop.runReady();
        return opened;
    }

    private void answer(Issuer... with) {
        issuer.answer(with);
        loop.runReady();
    }

    private void fail() {
        issuer.asked.get(issuer.asked.size() - 1).fail("it is down");
        loop.runReady();
    }

    private Future<Caller> ask(Issuer by) {
        Future<Caller> identified = callers.identify("Bearer " + by.token("RS256", claims()));
        loop.runReady();
        return identified;
    }

    private static Map<String, Object> claims() {
        return Map.of("iss", "us", "aud", "muster", "sub", "ops", "exp", 1_000_000L);
    }

    private static void assertUnavailable(Future<Caller> identified) {
        assertThat(identified.cause())
                .isInstanceOf(KeysUnavailableException.class)
                .hasMessageNotContaining(ADDRESS)
                .hasMessageNotContaining("down");
    }

    @Test
    void start_tokensWaitForTheFirstFetch() {
        Future<?> opened = open();
        Future<Caller> early = ask(Issuer.RSA);
        assertThat(early.isComplete() || opened.isComplete()).isFalse();
        answer(Issuer.RSA);
        assertThat(opened.succeeded()).isTrue();
        assertThat(ended(early).name()).isEqualTo("ops");
        assertThat(ask(Issuer.RSA).isComplete()).isTrue();
        assertThat(issuer.asked).hasSize(1);
    }

    @Test
    void start_issuerDown_isUnavailableAndTriedAgainLessAndLess() {
        Future<?> opened = open();
        Future<Caller> early = ask(Issuer.RSA);
        fail();
        assertThat(opened.succeeded()).isTrue();
        assertUnavailable(early);
        assertUnavailable(ask(Issuer.RSA));
        assertThat(callers.statistics().keysFailure()).contains("it is down");
        for (int seconds : new int[] {1, 2, 4, 8, 16, 30, 30}) {
            int asked = issuer.asked.size();
            loop.advance(Duration.ofSeconds(seconds).minusNanos(1));
            assertThat(issuer.asked).hasSize(asked);
            loop.advance(Duration.ofNanos(1));
            assertThat(issuer.asked).hasSize(asked + 1);
            fail();
        }
        loop.advance(Duration.ofSeconds(30));
        answer(Issuer.RSA);
        assertThat(ended(ask(Issuer.RSA)).name()).isEqualTo("ops");
        assertThat(callers.statistics()).isEqualTo(new Callers.Statistics(1, 1, 1, 0, Optional.empty()));
    }

    @Test
    void fetchThatThrows_isAFailedAttempt() {
        issuer.thrown = new IllegalArgumentException("it cannot be asked");
        Future<?> opened = open();
        assertThat(opened.succeeded()).isTrue();
        assertThat(callers.statistics().keysFailure()).contains("it cannot be asked");
        issuer.thrown = null;
        loop.advance(FetchedKeys.FIRST_RETRY);
        answer(Issuer.RSA);
        assertThat(ended(ask(Issuer.RSA)).name()).isEqualTo("ops");
    }

    @Test
    void unknownKid_isFetchedOnceForAllAndNotAgainWithinThirtySeconds() {
        open();
        answer(Issuer.RSA);
        assertThat(refusal(ask(Issuer.OTHER_RSA))).contains("does not have");
        assertThat(issuer.asked).hasSize(1);
        loop.advance(Duration.ofSeconds(30));
        Future<Caller> first = ask(Issuer.OTHER_RSA);
        Future<Caller> second = ask(Issuer.OTHER_RSA);
        assertThat(ended(ask(Issuer.RSA)).name()).isEqualTo("ops");
        assertThat(issuer.asked).hasSize(2);
        answer(Issuer.RSA, Issuer.OTHER_RSA);
        assertThat(ended(first).name()).isEqualTo("ops");
        assertThat(ended(second).name()).isEqualTo("ops");
    }

    @Test
    void unknownKid_whileTheIssuerIsDown_isUnavailableAndTheOthersAreTaken() {
        open();
        answer(Issuer.RSA);
        loop.advance(Duration.ofSeconds(30));
        Future<Caller> unknown = ask(Issuer.OTHER_RSA);
        fail();
        assertUnavailable(unknown);
        assertUnavailable(ask(Issuer.OTHER_RSA));
        assertThat(ended(ask(Issuer.RSA)).name()).isEqualTo("ops");
    }

    @Test
    void hourly_keysAreFetchedAndThoseTakenBackHoldNoMore() {
        open();
        answer(Issuer.RSA);
        assertThat(ended(ask(Issuer.RSA)).name()).isEqualTo("ops");
        loop.advance(Duration.ofHours(1));
        assertThat(issuer.asked).hasSize(2);
        answer(Issuer.OTHER_RSA);
        assertThat(refusal(ask(Issuer.RSA))).contains("does not have");
        assertThat(ended(ask(Issuer.OTHER_RSA)).name()).isEqualTo("ops");
    }

    @Test
    void sameKeysAgain_keepWhatWasVerified() {
        open();
        answer(Issuer.P256, Issuer.RSA);
        String token = Issuer.RSA.token("RS256", claims());
        Caller before = callers.identify("Bearer " + token).result();
        loop.advance(Duration.ofHours(1));
        answer(Issuer.P256, Issuer.RSA);
        assertThat(callers.identify("Bearer " + token).result()).isSameAs(before);
    }

    @Test
    void answer_thatIsNoSet_isAFailure() {
        open();
        issuer.asked.get(0).complete("<html>".getBytes(StandardCharsets.UTF_8));
        loop.runReady();
        assertUnavailable(ask(Issuer.RSA));
        assertThat(callers.statistics().keysFailure().orElseThrow()).contains("it is not JSON");
    }

    @Test
    void waiting_isBounded() {
        open();
        List<Future<Caller>> waiting = new ArrayList<>();
        String token = Issuer.RSA.token("RS256", claims());
        for (int i = 0; i < FetchedKeys.MAX_WAITING + 1; i++) {
            waiting.add(callers.identify("Bearer " + token));
        }
        loop.runReady();
        assertUnavailable(waiting.remove(FetchedKeys.MAX_WAITING));
        assertThat(waiting).noneMatch(Future::isComplete);
        answer(Issuer.RSA);
        assertThat(waiting).allMatch(Future::succeeded);
    }

    @Test
    void close_endsWaitingAndFetching() {
        Future<?> opened = open();
        Future<Caller> waiting = ask(Issuer.RSA);
        callers.close();
        loop.runReady();
        assertThat(opened.isComplete()).isTrue();
        assertUnavailable(waiting);
        assertThat(issuer.closed).isTrue();
        answer(Issuer.RSA);
        assertUnavailable(ask(Issuer.RSA));
        assertThat(callers.close().isComplete()).isFalse();
    }

    @Test
    void reload_takesOverKeysOfTheSameAddress() {
        open();
        answer(Issuer.RSA);
        Callers next = callers();
        next.takeOver(callers);
        next.open(null, loop);
        loop.runReady();
        fail();
        assertThat(next.identify("Bearer " + Issuer.RSA.token("RS256", claims()))
                        .result()
                        .name())
                .isEqualTo("ops");
        next.close();
        loop.runReady();
    }

    /** Answers when it is told to. */
    private static final class FakeIssuer implements FetchedKeys.KeyFetch {
        private final List<Promise<byte[]>> asked = new ArrayList<>();
        private RuntimeException thrown;
        private boolean closed;

        @Override
        public Future<byte[]> fetch() {
            if (thrown != null) {
                throw thrown;
            }
            asked.add(Promise.promise());
            return asked.get(asked.size() - 1).future();
        }

        void answer(Issuer... with) {
            Map<?, ?>[] keys = Arrays.stream(with).map(Issuer::jwk).toArray(Map<?, ?>[]::new);
            asked.get(asked.size() - 1).complete(Issuer.set(keys).getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public Future<Void> close() {
            closed = true;
            return Future.succeededFuture();
        }
    }
}
