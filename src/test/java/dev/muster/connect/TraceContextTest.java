package dev.muster.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {

    private static final String RUN = "01KAQX2J8GZ0123456789ABCDE";
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN = "00f067aa0ba902b7";

    @Test
    void runWithoutACaller_hasTheBitsOfItsIdAsTrace() {
        assertThat(TraceContext.of(null, "00000000010000000000000000").traceId())
                .isEqualTo("00000000000100000000000000000000");
        assertThat(TraceContext.of(null, "7ZZZZZZZZZZZZZZZZZZZZZZZZZ").traceId())
                .isEqualTo("f".repeat(32));
        assertThat(TraceContext.of(null, "0000000000000000000000001Z").traceId())
                .isEqualTo("0000000000000000000000000000003f");
        assertThat(TraceContext.of(null, RUN).next())
                .matches("00-" + TraceContext.of(null, RUN).traceId() + "-[0-9a-f]{16}-00");
    }

    @ParameterizedTest
    @CsvSource({"00, 00", "01, 01", "02, 00", "03, 01", "ff, 01", "0a, 00", "0b, 01"})
    void callersTrace_goesOnWithTheOneFlagThatIsKnown(String given, String passedOn) {
        String header =
                TraceContext.of("00-" + TRACE + "-" + SPAN + "-" + given, RUN).next();
        assertThat(header).matches("00-" + TRACE + "-[0-9a-f]{16}-" + passedOn).doesNotContain(SPAN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"01", "cc", "fe"})
    void versionOfTheFuture_isReadAsFarAsItIsKnown(String version) {
        String known = version + "-" + TRACE + "-" + SPAN + "-01";
        assertThat(TraceContext.of(known, RUN).traceId()).isEqualTo(TRACE);
        assertThat(TraceContext.of(known + "-what-will-be", RUN).traceId()).isEqualTo(TRACE);
        assertThat(TraceContext.of(known + ".", RUN).traceId()).isNotEqualTo(TRACE);
        assertThat(TraceContext.of(known, RUN).next()).startsWith("00-");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-" + TRACE + "-" + SPAN + "-0",
                "00-" + TRACE + "-" + SPAN + "-01-",
                "00-" + TRACE + "-" + SPAN + "-01-more",
                "00-" + TRACE + "-" + SPAN + "-0g",
                "00-" + TRACE + "-" + SPAN + "-0A",
                "00-" + TRACE + "-" + SPAN + "_01",
                "00-" + TRACE + "_" + SPAN + "-01",
                "00_" + TRACE + "-" + SPAN + "-01",
                "00-" + TRACE + "-00F067AA0BA902B7-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + SPAN + "-01",
                "00-" + TRACE + "-0000000000000000-01",
                "00-00000000000000000000000000000000-" + SPAN + "-01",
                "ff-" + TRACE + "-" + SPAN + "-01",
                "0x-" + TRACE + "-" + SPAN + "-01",
                " 00-" + TRACE + "-" + SPAN + "-01",
                "00-" + TRACE + "-" + SPAN + "-01 ",
                "00-" + TRACE + "-\u0660\u0660f067aa0ba902b7-01"
            })
    void malformedHeader_isAsIfThereWereNone(String header) {
        var own = TraceContext.of(null, RUN);
        var trace = TraceContext.of(header, RUN);
        assertThat(trace.traceId()).isEqualTo(own.traceId());
        assertThat(trace.next()).endsWith("-00");
    }

    @Test
    void eachRequest_hasASpanOfItsOwn() {
        var trace = TraceContext.of(null, RUN);
        Set<String> spans = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            String header = trace.next();
            assertThat(header).hasSize(55);
            spans.add(header.substring(36, 52));
        }
        assertThat(spans).hasSize(1_000).doesNotContain("0000000000000000");
    }

    @Test
    void idThatIsNone_isTheProgrammersError() {
        assertThatThrownBy(() -> TraceContext.of(null, "run-1").next())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("run-1");
    }
}
