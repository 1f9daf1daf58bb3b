package dev.muster.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.loop.VirtualLoop;
import io.vertx.core.Future;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AcceptGuardTest {

    @Test
    void shut_withoutAListener_completesAtOnce() {
        VirtualLoop loop = VirtualLoop.inOrder();
        Future<Void> empty = new AcceptGuard().shut(loop, Duration.ofHours(1));
        loop.runReady();

        assertThat(empty.succeeded()).isTrue();
    }
}
