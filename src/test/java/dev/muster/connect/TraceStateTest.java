package dev.muster.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceStateTest {

    private static final String RUN = "01KAQX2J8GZ0123456789ABCDE";
    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

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
