package dev.muster.connect.mongo;

import dev.muster.plan.ErrorType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The numbers of a server's errors: by them alone, not by its words, is decided what an error is. */
final class ServerCodes {
    /** The time that a command said is over. */
    static final int TIME_EXPIRED = 50;

    /** The same, or the server's own time for a command. */
    private static final Set<Integer> TIME_LIMITS = Set.of(TIME_EXPIRED, 202, 262);

    /**
     * The server does not serve: it cannot be reached by its peers, shuts down, steps down, is no primary, or has not recovered.
     * Another may serve, or the same one soon.
     */
    private static final Set<Integer> GONE =
            Set.of(6, 7, 89, 91, 133, 134, 189, 9001, 10058, 10107, 11600, 11602, 13435, 13436);

    private static final int TOO_LARGE = 10334;
    private static final int CONVERSION = 241;
    private static final int DUPLICATE = 11000;

    /** Names of codes that come with single writes, where the server sends the number alone. */
    private static final Map<Integer, String> NAMES =
            Map.of(DUPLICATE, "DuplicateKey", 121, "DocumentValidationFailure", 2, "BadValue", 9, "FailedToParse");

    private static final Pattern DOCUMENT = Pattern.compile("\\{.*}|\\{.*$", Pattern.DOTALL);
    private static final Pattern KEY = Pattern.compile("(?: dup key:)? *\\{.*$", Pattern.DOTALL);
    private static final Pattern QUOTED = Pattern.compile("['\"].*['\"]", Pattern.DOTALL);

    private ServerCodes() {}

    /** Which error it is in the language of plans. */
    static ErrorType type(int code) {
        if (TIME_LIMITS.contains(code)) {
            return ErrorType.TIMEOUT;
        }
        if (GONE.contains(code)) {
            return ErrorType.UNAVAILABLE;
        }
        return code == TOO_LARGE ? ErrorType.LIMIT : ErrorType.QUERY;
    }

    /**
     * The server's words without the values: what stands twice in an index may be somebody's address. Documents stand in
     * braces, and what could not be converted in quotes.
     */
    static String withoutValues(int code, String message) {
        if (code == DUPLICATE) {
            return KEY.matcher(message).replaceFirst("");
        }
        String text = DOCUMENT.matcher(message).replaceFirst("{…}");
        return code == CONVERSION ? QUOTED.matcher(text).replaceFirst("'…'") : text;
    }

    /** What an error tells beside its words. */
    static Map<String, Object> more(int code, String codeName) {
        var more = new LinkedHashMap<String, Object>();
        more.put("code", (long) code);
        String name = name(code, codeName);
        if (!name.isEmpty()) {
            more.put("codeName", name);
        }
        return more;
    }

    /** The code with its name, for messages. */
    static String shown(int code, String codeName) {
        String name = name(code, codeName);
        return "code " + code + (name.isEmpty() ? "" : ", " + name);
    }

    private static String name(int code, String codeName) {
        return codeName.isEmpty() ? NAMES.getOrDefault(code, "") : codeName;
    }
}
