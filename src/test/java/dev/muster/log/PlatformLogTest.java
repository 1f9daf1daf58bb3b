package dev.muster.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class PlatformLogTest {
    private static final String NAME = "dev.muster.test.PlatformLogTest";

    private static List<String> said(Level level, String message, Throwable thrown, Object... parameters) {
        var line = new LogRecord(level, message);
        line.setLoggerName(NAME);
        line.setThrown(thrown);
        line.setParameters(parameters);
        try (Heard heard = Heard.of(NAME)) {
            new PlatformLog().publish(line);
            return heard.lines().stream().map(Heard.Line::text).toList();
        }
    }

    @Test
    void lineOfThePlatform_isOneOfOurs() {
        assertThat(said(Level.WARNING, "{0} of {1}", null, 1, "two"))
                .singleElement()
                .asString()
                .endsWith(" WARN  " + NAME + ": 1 of two\n");
        assertThat(said(Level.SEVERE, "it {broke}", new IllegalStateException("why")))
                .singleElement()
                .asString()
                .contains(" ERROR " + NAME + ": it {broke}\n  java.lang.IllegalStateException: why\n");
        assertThat(said(Level.INFO, "x", null)).singleElement().asString().contains(" INFO  ");
        assertThat(said(Level.FINE, "x", null)).singleElement().asString().contains(" DEBUG ");
        assertThat(said(Level.FINEST, "x", null)).isEmpty();
    }
}
