package dev.muster.connect.mongo;

import dev.muster.plan.ErrorType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The classification of a server's errors by their codes; message texts play no part. */
final class ServerCodes {
    /** MaxTimeMSExpired: the time limit of the command expired. */
    static final int TIME_EXPIRED = 50;

    /** Codes of expired time limits, of a command or of the server itself. */
    private static final Set<Integer> TIME_LIMITS = Set.of(TIME_EXPIRED, 202, 262);

    /**
     * Codes of a server that cannot serve: unreachable for its peers, shutting down, stepping down, not the primary, or not
     * recovered. Another server, or the same one soon, possibly can.
     */
    private static final Set<Integer> GONE =
            Set.of(6, 7, 89, 91, 133, 134, 189, 9001, 10058, 10107, 11600, 11602, 13435, 13436);

    private static final int TOO_LARGE = 10334;
    private static final int CONVERSION = 241;
    private static final int DUPLICATE = 11000;

    /** Names of codes of single writes, for which the server sends only the number. */
    private static final Map<Integer, String> NAMES =
            Map.of(DUPLICATE, "DuplicateKey", 121, "DocumentValidationFailure", 2, "BadValue", 9, "FailedToParse");

    private static final Pattern DOCUMENT = Pattern.compile("\\{.*}|\\{.*$", Pattern.DOTALL);
    private static final Pattern KEY = Pattern.compile("(?: dup key:)? *\\{.*$", Pattern.DOTALL);
    private static final Pattern QUOTED = Pattern.compile("['\"].*['\"]", Pattern.DOTALL);

    private ServerCodes() {}

    /** The error type of the plan language. */
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
     * The server's message without values, which can be personal data, such as a duplicate key. Documents stand in braces, and
     * values that could not be converted stand in quotes.
     */
    static String withoutValues(int code, String message) {
        if (code == DUPLICATE) {
            return KEY.matcher(message).replaceFirst("");
        }
        String text = DOCUMENT.matcher(message).replaceFirst("{…}");
        return code == CONVERSION ? QUOTED.matcher(text).replaceFirst("'…'") : text;
    }

    /** The additional fields of an error. */
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
