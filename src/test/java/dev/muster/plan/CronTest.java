package dev.muster.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronTest {

    private static final String BERLIN = "Europe/Berlin";
    private static final String NEW_YORK = "America/New_York";

    private static Cron cron(String text) {
        return Cron.parse(text, ZoneId.of("UTC"));
    }

    /** As the zone's clocks show them. */
    private static List<String> shown(String text, String zone, String after, int count) {
        ZoneId id = ZoneId.of(zone);
        return Cron.parse(text, id).next(Instant.parse(after), count).stream()
                .map(time -> time.atZone(id).toOffsetDateTime().toString())
                .toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            * * * * *            | 2026-01-01T00:00:00Z    | 2026-01-01T00:01:00Z
            * * * * *            | 2026-01-01T00:00:59.9Z  | 2026-01-01T00:01:00Z
            */5 * * * *          | 2026-01-01T00:04:59.9Z  | 2026-01-01T00:05:00Z
            */25 * * * *         | 2026-01-01T00:50:00Z    | 2026-01-01T01:00:00Z
            0 0 * * *            | 2025-12-31T00:00:00Z    | 2026-01-01T00:00:00Z
            30 9,17 * * mon-fri  | 2026-01-02T17:30:00Z    | 2026-01-05T09:30:00Z
            0 12 * * 7           | 2026-01-01T00:00:00Z    | 2026-01-04T12:00:00Z
            0 12 * * 0           | 2026-01-01T00:00:00Z    | 2026-01-04T12:00:00Z
            0 12 * * sat-SUN     | 2026-01-03T12:00:00Z    | 2026-01-04T12:00:00Z
            0 0 1 jan *          | 2026-01-01T00:00:00Z    | 2027-01-01T00:00:00Z
            0 0 31 * *           | 2026-01-31T00:00:00Z    | 2026-03-31T00:00:00Z
            0 0 29 2 *           | 2096-02-29T00:00:00Z    | 2104-02-29T00:00:00Z
            0 0 13 * fri         | 2026-02-06T00:00:00Z    | 2026-02-13T00:00:00Z
            0 0 13 * fri         | 2026-02-01T00:00:00Z    | 2026-02-06T00:00:00Z
            0 0 30 2 mon         | 2026-02-01T00:00:00Z    | 2026-02-02T00:00:00Z
            0 0 1-31 * mon       | 2026-02-03T00:00:00Z    | 2026-02-09T00:00:00Z
            0 0 10-20/5 Feb *    | 2026-02-10T00:00:00Z    | 2026-02-15T00:00:00Z
            @hourly              | 2026-01-01T00:00:00Z    | 2026-01-01T01:00:00Z
            @daily               | 2026-01-01T00:00:00Z    | 2026-01-02T00:00:00Z
            @weekly              | 2026-01-01T00:00:00Z    | 2026-01-04T00:00:00Z
            @monthly             | 2026-01-01T00:00:00Z    | 2026-02-01T00:00:00Z
            @yearly              | 2026-01-01T00:00:00Z    | 2027-01-01T00:00:00Z
            """)
    void next_isTheFirstTimeAfterAMoment(String text, Instant after, Instant next) {
        assertThat(cron(text).next(after)).isEqualTo(next);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            60 * * * *     | minute (column 1): "60" is not a number from 0 to 59
            *  24 * * *    | hour (column 4): "24" is not a number from 0 to 23
            * * 0 * *      | day of month (column 5): "0" is not a number from 1 to 31
            * * * 1,13 *   | month (column 9): "13" is not a number from 1 to 12 or a name from jan to dec
            * * * * mo     | day of week (column 9): "mo" is not a number from 0 to 7 (0 and 7 are Sunday) or a name from sun to sat
            */0 * * * *    | minute (column 3): "0" is not a step from 1 to 59
            * */24 * * *   | hour (column 5): "24" is not a step from 1 to 23
            5/10 * * * *   | minute (column 1): "5/10" has a step but no range; write 5-59/10
            * 22-4 * * *   | hour (column 3): the range "22-4" goes backwards; write 22-23,0-4
            * 1-x * * *    | hour (column 5): "x" is not a number from 0 to 23
            1,,2 * * * *   | minute (column 3): "" is not a number from 0 to 59
            -5 * * * *     | minute (column 1): "-5" is not a number from 0 to 59
            ? * * * *      | minute (column 1): "?" is not a number from 0 to 59
            * * L * *      | day of month (column 5): "L" is not a number from 1 to 31
            99999999999999999999 * * * * | minute (column 1): "99999999999999999999" is not a number
            0 0 30 2 *     | day of month (column 5): there is never a day 30 in the months named, which have at most 29
            0 0 31 4,jun * | there is never a day 31 in the months named, which have at most 30
            * * * *        | a cron expression has five fields (minute, hour, day of month, month, day of week), "* * * *" has 4
            0 0 * * * *    | has 6; seconds and years are not supported
            @dayly         | there is no "@dayly" (did you mean "@daily"?); known are @daily, @hourly
            @reboot        | there is no "@reboot"
            """)
    void wrongExpression_isRefused_withFieldColumnAndWhatIsAllowed(String text, String message) {
        assertThatThrownBy(() -> cron(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void wrongFields_areAllSaid() {
        assertThatThrownBy(() -> cron("60 24 * * *"))
                .hasMessageContaining("minute (column 1)")
                .hasMessageContaining("; and hour (column 4)");
    }

    @Test
    void endlessExpression_isRefused() {
        assertThatThrownBy(() -> cron("1,".repeat(200) + "1 * * * *")).hasMessageContaining("at most 256 characters");
    }

    @Test
    void hourThatIsLeftOut_firesOnceRightAfterTheGap() {
        assertThat(shown("30 2 * * *", BERLIN, "2026-03-28T00:00:00Z", 3))
                .containsExactly("2026-03-28T02:30+01:00", "2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00");
        assertThat(shown("*/15 2 * * *", BERLIN, "2026-03-29T00:00:00Z", 2))
                .containsExactly("2026-03-29T03:00+02:00", "2026-03-30T02:00+02:00");
        assertThat(shown("0 2,3 * * *", NEW_YORK, "2026-03-08T00:00:00-05:00", 2))
                .containsExactly("2026-03-08T03:00-04:00", "2026-03-09T02:00-04:00");
    }

    @Test
    void hourThatComesTwice_firesTheFirstTime() {
        assertThat(shown("30 2 * * *", BERLIN, "2026-10-24T22:00:00Z", 2))
                .containsExactly("2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00");
        assertThat(shown("30 1 * * *", NEW_YORK, "2026-11-01T00:00:00-04:00", 2))
                .containsExactly("2026-11-01T01:30-04:00", "2026-11-02T01:30-05:00");
        assertThat(shown("30 2 * * *", BERLIN, "2026-10-25T01:10:00Z", 1))
                .as("asked between the two")
                .containsExactly("2026-10-26T02:30+01:00");
    }

    @Test
    void everyHour_goesByTimeThatPasses() {
        assertThat(shown("30 * * * *", BERLIN, "2026-03-29T00:00:00Z", 3))
                .containsExactly("2026-03-29T01:30+01:00", "2026-03-29T03:30+02:00", "2026-03-29T04:30+02:00");
        assertThat(shown("30 * * * *", NEW_YORK, "2026-11-01T00:35:00-04:00", 3))
                .containsExactly("2026-11-01T01:30-04:00", "2026-11-01T01:30-05:00", "2026-11-01T02:30-05:00");
    }

    @Test
    void dayWithoutMidnight_firesAtItsBeginning() {
        assertThat(shown("@daily", "Africa/Cairo", "2026-04-23T12:00:00Z", 2))
                .containsExactly("2026-04-24T01:00+03:00", "2026-04-25T00:00+03:00");
    }
}
