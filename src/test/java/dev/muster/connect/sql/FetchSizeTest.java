package dev.muster.connect.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How many rows of a stream come at a time. */
class FetchSizeTest {
    private static final int MAX_RESPONSE = 16 << 20;

    private final RowStream.FetchSize size = new RowStream.FetchSize(new SqlSettings(
            "db", 1, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, 1, MAX_RESPONSE, 200, Map.of(), false, false));

    /** Batches of rows of this width. */
    private void took(int batches, long width) {
        for (int i = 0; i < batches; i++) {
            size.took(size.rows() * width, width);
        }
    }

    @Test
    void narrowRows_growToTheSetting() {
        assertThat(size.rows()).isEqualTo(1);
        took(1, 10);
        assertThat(size.rows()).isEqualTo(2);
        took(10, 10);
        assertThat(size.rows()).isEqualTo(200);
    }

    @Test
    void wideRows_comeInSmallBatches() {
        took(10, 10);
        took(1, 1 << 20);
        assertThat(size.rows()).isEqualTo(1);
    }

    @Test
    void oneWideRowAmongNarrowOnes_makesRoomForMoreLikeIt() {
        took(10, 10);
        size.took(200_000, 200_000);
        assertThat(size.rows() * 200_000L).isLessThanOrEqualTo(MAX_RESPONSE).isGreaterThan(MAX_RESPONSE / 2);
    }

    @Test
    void rowAsWideAsAllowed_isFollowedByOne() {
        size.took(MAX_RESPONSE, MAX_RESPONSE);
        assertThat(size.rows()).isEqualTo(1);
    }
}
