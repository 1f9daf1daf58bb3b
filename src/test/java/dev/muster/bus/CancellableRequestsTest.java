package dev.muster.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.plan.MusterException;
import dev.muster.service.PendingRequest;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CancellableRequestsTest {

    private final CancellableRequests cancellable = new CancellableRequests();
    private final List<String> withdrawn = new ArrayList<>();

    private BusRequest named(String name) {
        return cancellable.named(new FakeRequest(name == null ? Map.of() : Map.of("muster-call", name)));
    }

    private PendingRequest<Object> wait(String name) {
        return new PendingRequest<>(Promise.promise().future(), reason -> withdrawn.add(name));
    }

    @Test
    void requestWithoutAName_isNotKept() {
        named(null).bindWait(wait("none"));

        assertThat(cancellable.size()).isZero();
    }

    @Test
    void request_isKeptUntilItIsAnswered() {
        BusRequest replied = named("a");
        BusRequest failed = named("b");
        assertThat(cancellable.size()).isEqualTo(2);
        replied.reply(1L, Map.of());
        failed.fail(new BusError(400, "wrong"));

        assertThat(cancellable.size()).isZero();
        assertThat(cancellable.withdraw("a")).isFalse();
    }

    @Test
    void withdrawal_endsTheWaitOfItsRequestAlone() {
        named("a").bindWait(wait("a"));
        named("b").bindWait(wait("b"));

        assertThat(cancellable.withdraw("b")).isTrue();
        assertThat(withdrawn).containsExactly("b");
    }

    @Test
    void withdrawalBeforeItWaits_endsTheWaitWhenItBegins() {
        BusRequest request = named("a");
        assertThat(cancellable.withdraw("a")).isTrue();
        assertThat(withdrawn).isEmpty();
        request.bindWait(wait("a"));

        assertThat(withdrawn).containsExactly("a");
    }

    @Test
    void nameThatWaits_isNobodyElses() {
        named("a");

        assertThatThrownBy(() -> named("a"))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("is the name of another waiting request");
    }

    @Test
    void tooMany_areRefused() {
        for (int i = 0; i < CancellableRequests.MAX_OPEN; i++) {
            named("n" + i);
        }

        assertThatThrownBy(() -> named("more"))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("at most 10000");
    }
}
