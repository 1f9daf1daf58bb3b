package dev.muster.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {

    @ParameterizedTest
    @CsvSource({
        "images.*, images.a, true",
        "images.*, images., true",
        "images.*, images, false",
        "images.*, x.images.a, false",
        "images.resize, images.resize, true",
        "images.resize, images-resize, false",
        "*, anything, true",
        "*, '', true",
        "'', '', true",
        "'', a, false",
        "a*b, ab, true",
        "a*b, axb, true",
        "a*a, a, false",
        "a**b, a.b, true",
        "a*b*c, a-b-b-c, true",
        "a*bc*c, abc, false",
        "*.a.*, x.a.y, true",
        "a*, 'a\nb', true",
    })
    void name_isMeantOrNot(String glob, String name, boolean meant) {
        assertThat(Glob.of(glob).matches(name)).isEqualTo(meant);
    }

    @Test
    void random_isWhatAPatternSays() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            String glob = text(random, "ab*", 6);
            String name = text(random, "ab", 8);
            assertThat(Glob.of(glob).matches(name))
                    .as("seed %d: %s and %s", seed, glob, name)
                    .isEqualTo(Pattern.matches(glob.replace("*", ".*"), name));
        }
    }

    private static String text(Random random, String letters, int most) {
        var text = new StringBuilder();
        for (int length = random.nextInt(most + 1); length > 0; length--) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }
}
