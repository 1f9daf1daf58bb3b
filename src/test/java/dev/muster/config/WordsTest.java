package dev.muster.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WordsTest {
    @ParameterizedTest
    @CsvSource({"300ms,300", "5s,5000", "2m,120000", "1h,3600000", "0s,0", "1500ms,1500", "8760h,31536000000"})
    void duration_parseAndFormat_areInverse(String text, long millis) {
        assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
        assertThat(Durations.format(Duration.ofMillis(millis))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "5", "5 s", "1.5s", "-1s", "5S", "5sec", "8761h", "999999999999999h", "9999999999999999ms"})
    void duration_wrong_isRefused(String text) {
        assertThatThrownBy(() -> Durations.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("\"" + text + "\" is ");
    }

    @Test
    void wrongText_isShownInPartAndOnOneLine() {
        String text = "5\n" + "s".repeat(100_000);
        assertThatThrownBy(() -> Durations.parse(text))
                .hasMessageStartingWith("\"5\\u000as")
                .hasMessageMatching(".{1,200}");
        assertThatThrownBy(() -> Sizes.parse(text))
                .hasMessageStartingWith("\"5\\u000as")
                .hasMessageMatching(".{1,200}");
    }

    @ParameterizedTest
    @CsvSource({
        "0,0 ms",
        "40,0 ms",
        "12400,12.4 ms",
        "99960,100 ms",
        "300100,300 ms",
        "999600,1 s",
        "1500000,1.5 s",
        "59990000,1 min",
        "125000000,2 min 5 s",
        "3600000000,1 h",
        "5400000000,1 h 30 min"
    })
    void duration_human(long micros, String text) {
        assertThat(Durations.human(Duration.ofNanos(micros * 1_000))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"100B,100", "64KiB,65536", "16MiB,16777216", "1GiB,1073741824", "0B,0"})
    void size_parseAndFormat_areInverse(String text, long bytes) {
        assertThat(Sizes.parse(text)).isEqualTo(bytes);
        assertThat(Sizes.format(bytes)).isEqualTo(text);
    }

    @Test
    void size_plainNumber_isBytes() {
        assertThat(Sizes.parse("1234")).isEqualTo(1234);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1KB", "1 KiB", "-1", "1.5MiB", "999999999999GiB"})
    void size_wrong_isRefused(String text) {
        assertThatThrownBy(() -> Sizes.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "postgress,postgres",
        "Postgres,postgres",
        "psotgres,postgres",
        "htpt,http",
        "fiel,file",
        "mongodb,mongo"
    })
    void suggest_near_isFound(String word, String meant) {
        assertThat(Suggest.closest(word, List.of("http", "postgres", "mysql", "mongo", "file")))
                .contains(meant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "zzz", "pool", "a", "redis"})
    void suggest_far_isNot(String word) {
        assertThat(Suggest.closest(word, List.of("http", "postgres", "mysql", "x")))
                .isEmpty();
    }

    @Test
    void suggest_didYouMean_isReadyToAppend() {
        assertThat(Suggest.didYouMean("mysqll", List.of("mysql"))).isEqualTo(" (did you mean \"mysql\"?)");
        assertThat(Suggest.didYouMean("other", List.of("mysql"))).isEmpty();
    }

    @Test
    void problems_areSortedAndOnce() {
        Problems problems = new Problems();
        problems.throwIfAny();
        problems.add(new Position("b", 1, 1), "third");
        problems.add(new Position("a", 10, 1), "second");
        problems.add(new Position("a", 9, 1), "first");
        problems.add(new Position("a", 9, 1), "first");
        assertThatThrownBy(problems::throwIfAny).hasMessage("a:9:1: first\na:10:1: second\nb:1:1: third");
    }

    @Test
    void problem_isOneShortLine() {
        Problem problem = new Problem(Position.start("f"), "a\nb" + "c".repeat(5_000));
        assertThat(problem.message()).startsWith("a b").hasSize(1_000);
    }
}
