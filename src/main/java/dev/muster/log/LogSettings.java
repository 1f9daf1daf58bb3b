package dev.muster.log;

import dev.muster.config.Fields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of {@code server.log}: format and levels.
 *
 * @param format {@code text} for people, {@code json} for machines
 * @param level the level of Muster's own loggers
 * @param levels the levels of other loggers, by the name of a package or class; each includes everything below it
 */
public record LogSettings(String format, String level, Map<String, String> levels) {

    public static final List<String> FORMATS = List.of("text", "json");
    public static final List<String> LEVELS = List.of("off", "error", "warn", "info", "debug", "trace");

    /** Text format, level {@code info}. */
    public static final LogSettings DEFAULTS = new LogSettings("text", "info", Map.of());

    /** Reads the settings from the section {@code server} and reports their problems. */
    public static LogSettings read(Fields server) {
        Optional<Fields> log = server.fields("log");
        return log.map(LogSettings::readFrom).orElse(DEFAULTS);
    }

    /** A copy with another format. */
    public LogSettings withFormat(String other) {
        return new LogSettings(other, level, levels);
    }

    /** A copy with another level of Muster's own loggers. */
    public LogSettings withLevel(String other) {
        return new LogSettings(format, other, levels);
    }

    /** Whether the format is JSON. */
    public boolean isJson() {
        return format.equals("json");
    }

    private static LogSettings readFrom(Fields log) {
        var levels = new LinkedHashMap<String, String>();
        log.fields("levels")
                .ifPresent(byLogger -> byLogger.mapping()
                        .names()
                        .forEach(logger ->
                                byLogger.oneOf(logger, LEVELS).ifPresent(level -> levels.put(logger, level))));
        var settings = new LogSettings(
                log.oneOf("format", FORMATS, DEFAULTS.format()), log.oneOf("level", LEVELS, DEFAULTS.level()), levels);
        log.unknownWords();
        return settings;
    }
}
