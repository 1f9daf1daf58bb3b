package dev.muster.connect.file;

import dev.muster.config.Problems;
import dev.muster.plan.Option;
import dev.muster.plan.UriTemplate;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The words of the verb {@code file} and the checks between them. */
final class FileOptions {
    static final String READ = "read";
    static final String WRITE = "write";
    static final String APPEND = "append";
    static final String LINES = "lines";
    static final String ARGS = "args";
    static final String CONTENT = "content";
    static final String MATCH = "match";
    static final String AS = "as";
    static final String JSON = "json";

    private static final List<String> ACTIONS = List.of(READ, WRITE, APPEND, LINES);

    private FileOptions() {}

    /** The specification of the words. The check that a source is writable covers the sources given. */
    static VerbSpec of(Map<String, FileSettings> sources) {
        return VerbSpec.of(
                        FileSettings.KIND,
                        VerbSpec.Target.SOURCE,
                        "Reads, writes and filters files below a folder.",
                        Option.of(READ, Option.Type.URI, "The path of a file to read whole."),
                        Option.of(WRITE, Option.Type.URI, "The path of a file to create or replace as a whole."),
                        Option.of(
                                APPEND,
                                Option.Type.URI,
                                "The path of a file to append to; created if it does not exist."),
                        Option.of(LINES, Option.Type.URI, "The path of a file to read line by line."),
                        Option.of(ARGS, Option.Type.VALUES, "The values of the path's variables."),
                        Option.of(
                                CONTENT,
                                Option.Type.VALUE,
                                "The content to write: text as it is, {base64: …} as bytes, anything else as JSON."),
                        Option.of(
                                MATCH,
                                Option.Type.TEXT,
                                "Only lines that contain this text, or match this /pattern/ (RE2)."),
                        Option.oneOf(
                                AS,
                                "The format of the file, of each of its lines, or of the content: text or JSON.",
                                "text",
                                JSON))
                .exactlyOneOf(ACTIONS.toArray(String[]::new))
                .checked((call, problems) -> check(call, sources.get(call.target()), problems))
                .withEffects(FileOptions::writes)
                .flowing(call -> call.has(LINES))
                .summarized(FileOptions::summary)
                .example("errors: {file: logs, lines: 'app-{day}.log', args: {day: = input.day}, match: ERROR}");
    }

    /** The action of a call; the parser allows exactly one. */
    static String action(VerbCall call) {
        return ACTIONS.stream().filter(call::has).findFirst().orElse(READ);
    }

    static boolean writes(VerbCall call) {
        return call.has(WRITE) || call.has(APPEND);
    }

    private static String summary(VerbCall call) {
        String action = action(call);
        return action + " " + call.uri(action).map(UriTemplate::source).orElse("=");
    }

    private static void check(VerbCall call, @Nullable FileSettings source, Problems problems) {
        if (writes(call)) {
            if (!call.has(CONTENT)) {
                problems.add(call.at(), action(call) + " needs content");
            }
            if (source != null && !source.write()) {
                problems.add(
                        call.at(),
                        "the source \"" + source.name() + "\" is read-only; set write: true in its configuration");
            }
        } else if (call.has(CONTENT)) {
            problems.add(call.at(), "content goes with write or append, not with " + action(call));
        }
        if (call.has(MATCH) && !call.has(LINES)) {
            problems.add(call.at(), "match goes with lines, not with " + action(call));
        }
        try {
            LineFilter.of(call.text(MATCH).orElse(null));
        } catch (IllegalArgumentException e) {
            problems.add(call.at(), String.valueOf(e.getMessage()));
        }
    }
}
