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

    private final CancellableRequests withdrawals = new CancellableRequests();
    private final List<String> withdrawn = new ArrayList<>();

    private BusRequest named(String name) {
        return withdrawals.named(new FakeAsker(name == null ? Map.of() : Map.of("muster-call", name)));
    }

    private PendingRequest<Object> wait(String name) {
        return new PendingRequest<>(Promise.promise().future(), reason -> withdrawn.add(name));
    }

    @Test
    void requestWithoutAName_isNotKept() {
        named(null).waits(wait("none"));

        assertThat(withdrawals.size()).isZero();
    }

    @Test
    void request_isKeptUntilItIsAnswered() {
        BusRequest replied = named("a");
        BusRequest failed = named("b");
        assertThat(withdrawals.size()).isEqualTo(2);
        replied.reply(1L, Map.of());
        failed.fail(new BusError(400, "wrong"));

        assertThat(withdrawals.size()).isZero();
        assertThat(withdrawals.withdraw("a")).isFalse();
    }

    @Test
    void withdrawal_endsTheWaitOfItsRequestAlone() {
        named("a").waits(wait("a"));
        named("b").waits(wait("b"));

        assertThat(withdrawals.withdraw("b")).isTrue();
        assertThat(withdrawn).containsExactly("b");
    }

    @Test
    void withdrawalBeforeItWaits_endsTheWaitWhenItBegins() {
        BusRequest asker = named("a");
        assertThat(withdrawals.withdraw("a")).isTrue();
        assertThat(withdrawn).isEmpty();
        asker.waits(wait("a"));

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
        for (int i = 0; i < CancellableRequests.MOST; i++) {
            named("n" + i);
        }

        assertThatThrownBy(() -> named("more"))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("at most 10000");
    }
}
