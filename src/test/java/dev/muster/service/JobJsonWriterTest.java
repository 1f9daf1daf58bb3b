package dev.muster.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.queue.Job;
import dev.muster.queue.JobState;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JobJsonWriterTest {

    private static final Map<String, String> BROKEN = Map.of("type", "failed");

    private static Job.View view(JobState state, @Nullable String error) {
        return new Job.View("1", state, "1", 2, null, null, 0, Instant.EPOCH, null, null, false, error, null, null);
    }

    @ParameterizedTest
    @EnumSource(names = {"DONE", "CANCELLED"})
    void finishedJob_hasAnEarlierFailureAsLastError(JobState state) {
        assertThat(JobJsonWriter.job(view(state, "{\"type\": \"failed\"}")))
                .containsEntry("lastError", BROKEN)
                .doesNotContainKey("error");
    }

    @ParameterizedTest
    @EnumSource(names = {"SCHEDULED", "READY", "LEASED", "DEAD"})
    void otherJob_hasItAsError(JobState state) {
        assertThat(JobJsonWriter.job(view(state, "{\"type\": \"failed\"}")))
                .containsEntry("error", BROKEN)
                .doesNotContainKey("lastError");
    }

    @Test
    void jobThatNeverFailed_hasNeither() {
        assertThat(JobJsonWriter.job(view(JobState.DONE, null))).doesNotContainKeys("error", "lastError");
    }
}
