package dev.muster.connect.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DatabaseFaultTest {
    private final DatabaseFault trouble = new DatabaseFault();
    private final MusterException full = new MusterException(ErrorType.UNAVAILABLE, "its disk is full");

    private static long at(long millis) {
        // Clocks of nanoseconds may begin anywhere, and go over their end.
        return Long.MAX_VALUE - 1_000_000_000 + Duration.ofMillis(millis).toNanos();
    }

    @Test
    void noTrouble_isReady() {
        assertThat(trouble.ready(at(0)).succeeded()).isTrue();
    }

    @Test
    void trouble_isToldForAMoment() {
        trouble.note("put", full, at(0));

        assertThat(trouble.ready(at(2_999)).cause()).isSameAs(full);
        assertThat(trouble.ready(at(3_000)).succeeded()).isTrue();
    }

    @Test
    void sameThatWorks_endsItAndAnotherDoesNot() {
        trouble.note("put", full, at(0));

        trouble.worked("take");
        assertThat(trouble.ready(at(1)).cause()).isSameAs(full);

        trouble.worked("put");
        assertThat(trouble.ready(at(1)).succeeded()).isTrue();
    }

    @Test
    void newTrouble_holdsItsOwnTime() {
        trouble.note("put", full, at(0));
        var reads = new MusterException(ErrorType.UNAVAILABLE, "it only reads");
        trouble.note("take", reads, at(2_000));

        assertThat(trouble.ready(at(4_999)).cause()).isSameAs(reads);
    }
}
