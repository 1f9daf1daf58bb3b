package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FailuresTest {

    @Test
    void longMessage_isCutBetweenCharacters() {
        String message = "a".repeat(499) + "😀 and more";

        assertThat(Failures.message(new IllegalStateException(message))).isEqualTo("a".repeat(499) + "…");
        assertThat(Failures.message(new IllegalStateException("a".repeat(500)))).hasSize(500);
    }

    @Test
    void messageThatCannotBeRead_isTheNameOfTheClass() {
        var broken = new IllegalStateException() {
            @Override
            public String getMessage() {
                throw new IllegalStateException("no message");
            }
        };

        assertThat(Failures.message(broken)).isEqualTo(broken.getClass().getName());
        assertThat(Failures.message(new IllegalStateException())).isEqualTo(IllegalStateException.class.getName());
    }
}
