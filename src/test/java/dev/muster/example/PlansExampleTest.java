package dev.muster.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.run.Event;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlansExampleTest {

    @Test
    void page_isThePlansOutput(@TempDir Path conf) throws Exception {
        Files.writeString(
                Files.createDirectory(conf.resolve("plans")).resolve("page.yaml"),
                "{plan: page, input: {id: integer}, output: {id: = input.id}}");
        List<Event> told = new CopyOnWriteArrayList<>();

        assertThat(PlansExample.page(conf, told::add)).hasToString("{id=7}");

        assertThat(told.get(0)).isInstanceOf(Event.Start.class);
        assertThat(told.get(told.size() - 1)).isInstanceOf(Event.End.class);
    }
}
