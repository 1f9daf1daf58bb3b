package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.log.AsyncWriter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final AsyncWriter writer = new AsyncWriter("test", written, failure -> {});
    private final Screen screen = new Screen(writer);

    @Test
    void draw_goesOverTheLastPicture() throws InterruptedException {
        screen.draw(List.of("one", "two"));
        written();
        screen.draw(List.of("three"));
        assertThat(written()).isEqualTo("\u001b[2A\rthree\u001b[K\n\u001b[J");
    }

    @Test
    void say_takesThePictureAwayFirst() throws InterruptedException {
        screen.draw(List.of("one"));
        written();
        screen.say("line\n");
        assertThat(written()).isEqualTo("\u001b[1A\r\u001b[Jline\n");
    }

    @Test
    void say_withoutAPicture_writesNoEscapes() throws InterruptedException {
        screen.say("line\n");
        screen.clear();
        assertThat(written()).isEqualTo("line\n");
    }

    /** What has been written since the last time. */
    private String written() throws InterruptedException {
        assertThat(writer.flush(60_000)).isTrue();
        String text = written.toString(StandardCharsets.UTF_8);
        written.reset();
        return text;
    }
}
