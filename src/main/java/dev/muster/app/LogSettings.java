package dev.muster.app;

import dev.muster.config.Fields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code server.log} says: in which form the log is written, and how much of it.
 *
 * @param format {@code text} for people, {@code json} for machines
 * @param level of Muster's own loggers
 * @param levels of further loggers, by name: a package or a class, and all below it
 */
record LogSettings(String format, String level, Map<String, String> levels) {

    static final List<String> FORMATS = List.of("text", "json");
    static final List<String> LEVELS = List.of("off", "error", "warn", "info", "debug", "trace");

    /** Text, from {@code info} on. */
    static final LogSettings DEFAULTS = new LogSettings("text", "info", Map.of());

    /** Reads them from the section {@code server}; what is wrong is noted. */
    static LogSettings read(Fields server) {
        Optional<Fields> log = server.fields("log");
        return log.map(LogSettings::readFrom).orElse(DEFAULTS);
    }

    /** The same in another form. */
    LogSettings withFormat(String other) {
        return new LogSettings(other, level, levels);
    }

    /** The same with another level of Muster's own loggers. */
    LogSettings withLevel(String other) {
        return new LogSettings(format, other, levels);
    }

    /** Whether machines read it. */
    boolean isJson() {
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
