package dev.muster.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReplyAddressesTest {

    private final List<Integer> lost = new ArrayList<>();

    private ReplyAddresses.PendingReply waiting(int number) {
        return new ReplyAddresses.PendingReply() {
            @Override
            public void replied(@Nullable Object body, Map<String, String> headers) {}

            @Override
            public void failed(long code, String message) {}

            @Override
            public void lost() {
                lost.add(number);
            }
        };
    }

    @Test
    void oneMoreThanTheBound_isLostAndHasNoAddress() {
        var replies = new ReplyAddresses();
        String first = replies.expect(waiting(0), 1);
        for (int i = 1; i < ReplyAddresses.MAX_PENDING; i++) {
            assertThat(replies.expect(waiting(i), 1)).isNotNull();
        }

        assertThat(replies.expect(waiting(-1), 1)).isNull();
        assertThat(lost).containsExactly(-1);
        replies.forget(first);
        assertThat(replies.expect(waiting(-2), 1)).isNotNull();
    }
}
