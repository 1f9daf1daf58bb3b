package dev.muster.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms in which a deadline travels, read and written. */
class DeadlineHeaderTest {

    private static Duration parse(DeadlineHeader form, String text) {
        return form.parse(text, form.header());
    }

    @ParameterizedTest
    @CsvSource({
        "300ms,300",
        "0ms,0",
        "5s,5000",
        "2m,120000",
        "1h,3600000",
        "007s,7000",
        "0h,0",
        "00000000000000000000005s,5000"
    })
    void muster_isADurationOfPlans(String text, long millis) {
        assertThat(parse(DeadlineHeader.MUSTER, text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource({
        "300m,300000000",
        "1H,3600000000000",
        "2M,120000000000",
        "5S,5000000000",
        "7u,7000",
        "9n,9",
        "0n,0",
        "0H,0",
        "99999999n,99999999",
        "00000001m,1000000"
    })
    void grpc_isUpToEightDigitsAndAUnit(String text, long nanos) {
        assertThat(parse(DeadlineHeader.GRPC, text)).isEqualTo(Duration.ofNanos(nanos));
    }

    @ParameterizedTest
    @CsvSource({"300,300", "0,0", "000,0", "900000,900000"})
    void envoy_isMilliseconds(String text, long millis) {
        assertThat(parse(DeadlineHeader.ENVOY, text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource({
        "MUSTER,999999999999999h",
        "MUSTER,999999999999999m",
        "GRPC,99999999H",
        "GRPC,99999999M",
        "ENVOY,999999999999999",
        "ENVOY,9223372036854775808",
        "MUSTER,9223372036854775807h",
        "MUSTER,99999999999999999999ms",
        "MUSTER,00018446744073709551616000000000000000000000000000s"
    })
    void hugeTimes_areAYear(DeadlineHeader form, String text) {
        assertThat(parse(form, text)).isEqualTo(DeadlineHeader.MAX);
        assertThat(DeadlineHeader.MAX.toNanos()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", "300", "ms", "s", "-1s", "+1s", "1.5s", "1 s", " 1s", "1s ", "1S", "1ms,1ms", "1d", "1us",
                "٣s", "0x1s", "1e3s", "s1", "1sms"
            })
    void muster_malformed_namesTheHeaderAndItsForm(String text) {
        refused(DeadlineHeader.MUSTER, text, "a whole number with ms, s, m or h, such as 300ms");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "m",
                "300",
                "123456789m",
                "-1m",
                "+1m",
                "1.5S",
                "1 m",
                " 1m",
                "1m ",
                "1s",
                "1h",
                "1ms",
                "٣m",
                "1U",
                "m1",
                "000000001m",
                "1m, 1m"
            })
    void grpc_malformed_namesTheHeaderAndItsForm(String text) {
        refused(DeadlineHeader.GRPC, text, "1 to 8 digits and one of H, M, S, m, u and n, such as 300m");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+1", "1.5", "300ms", "1 ", " 1", "٣"})
    void envoy_malformed_namesTheHeaderAndItsForm(String text) {
        refused(DeadlineHeader.ENVOY, text, "a whole number of milliseconds, such as 300");
    }

    private static void refused(DeadlineHeader form, String text, String how) {
        assertThatThrownBy(() -> parse(form, text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(form.header() + " must be " + how + ", not \"" + text + "\"");
    }

    @ParameterizedTest
    @EnumSource
    void malformedValue_isQuotedInPart_withoutControls(DeadlineHeader form) {
        assertThatThrownBy(() -> parse(form, "\u001b[2J\t" + "x".repeat(10_000)))
                .satisfies(thrown -> assertThat(thrown.getMessage())
                        .hasSizeLessThan(200)
                        .contains("?[2J?xxx")
                        .doesNotContain("\u001b"));
    }

    @ParameterizedTest
    @CsvSource({
        "MUSTER,299999999,299ms",
        "MUSTER,999999,1ms",
        "MUSTER,1,1ms",
        "GRPC,299999999,299m",
        "GRPC,1,1m",
        "GRPC,99999999000000,99999999m",
        "GRPC,100000000999999,100000S",
        "ENVOY,299999999,299",
        "ENVOY,1,1"
    })
    void leftTime_isRoundedDown_butIsNeverNothing(DeadlineHeader form, long nanos, String text) {
        assertThat(form.write(Duration.ofNanos(nanos))).isEqualTo(text);
        assertThat(parse(form, text)).isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "Muster-Deadline,MUSTER",
        "GRPC-Timeout,GRPC",
        "X-Envoy-Expected-RQ-Timeout-Ms,ENVOY",
        "x-time-left,MUSTER"
    })
    void formOf_goesByTheName_inAnyCase(String name, DeadlineHeader form) {
        assertThat(DeadlineHeader.formOf(name)).isEqualTo(form);
    }
}
