package dev.muster.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {

    private static final String RUN = "01KAQX2J8GZ0123456789ABCDE";
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN = "00f067aa0ba902b7";
    private static final String PARENT = "00-" + TRACE + "-" + SPAN + "-01";

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

    private static String passedOn(String given) {
        return TraceContext.of(PARENT, given, RUN).state();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "rojo=00f067aa0ba902b7|rojo=00f067aa0ba902b7",
                "rojo=1,congo=t61rcWkgMzE|rojo=1,congo=t61rcWkgMzE",
                " rojo=1 ,\t congo=2 ,, |rojo=1,congo=2",
                "tenant@system=a b!~,0n/e*-_=x|tenant@system=a b!~,0n/e*-_=x",
            })
    void wellFormedState_goesOn(String given, String passedOn) {
        assertThat(passedOn(given)).isEqualTo(passedOn);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ,", "rojo", "rojo=", "Rojo=1", "=1", "ro jo=1", "a=1,b=2=3", "a=\u00e4", "a=1;b=\u0007"})
    void malformedState_isDropped_andTheTraceIsNot(String given) {
        var trace = TraceContext.of(PARENT, given, RUN);
        assertThat(trace.state()).isNull();
        assertThat(trace.next()).startsWith(PARENT.substring(0, 36));
    }

    @Test
    void stateWithoutATrace_isDropped() {
        assertThat(TraceContext.of(null, "a=1", RUN).state()).isNull();
        assertThat(TraceContext.of("00-x", "a=1", RUN).state()).isNull();
        assertThat(TraceContext.of(PARENT, null, RUN).state()).isNull();
    }

    @Test
    void moreThan32Members_areTooMany() {
        assertThat(passedOn(members(32))).isEqualTo(members(32));
        assertThat(passedOn(members(33))).isNull();
    }

    @Test
    void moreThan512Characters_loseLongMembersAndThenTheLast() {
        String large = "large=" + "x".repeat(200);
        String one = "one=" + "1".repeat(120);
        String two = "two=" + "2".repeat(120);
        String three = "three=" + "3".repeat(120);
        String four = "four=" + "4".repeat(120);
        String five = "five=" + "5".repeat(120);
        assertThat(passedOn(String.join(",", one, large, two, three))).isEqualTo(String.join(",", one, two, three));
        assertThat(passedOn(String.join(",", one, two, three, four, five)))
                .isEqualTo(String.join(",", one, two, three, four));
    }

    private static String members(int count) {
        return IntStream.range(0, count).mapToObj(i -> "k" + i + "=1").collect(Collectors.joining(","));
    }
}
