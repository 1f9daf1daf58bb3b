package dev.muster.connect.mysql;

import dev.muster.config.Durations;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.netty.channel.ConnectTimeoutException;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.mysqlclient.SslMode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What the server and its driver say, in plain words and by the types of the plan language. */
final class MySqlErrors {
    private static final int MOST_CHARACTERS = 500;
    private static final int BAD_HANDSHAKE = 1043;
    private static final String TLS_HINT = "; sslMode asks for TLS: does the server speak it?";
    private static final int TOO_LARGE_PACKET = 1153;
    private static final int STALE = 1615;
    private static final int UNKNOWN_STATEMENT = 1243;

    /** The server ends connections: it shuts down, somebody killed this one, or it was silent for too long. */
    private static final Set<Integer> GONE = Set.of(1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 4031);

    private static final Map<Integer, String> HINTS = Map.of(
            1040,
            "the server has no room for another connection (max_connections); make pool smaller",
            1203,
            "the user has all the connections that it may have; make pool smaller",
            1226,
            "the user has all that it may have; make pool smaller",
            TOO_LARGE_PACKET,
            "it is larger than max_allowed_packet of the server");

    /** The driver's wrapping of what the server said. */
    private static final Pattern WRAPPED =
            Pattern.compile("\\{errorMessage=(.*), errorCode=\\d+, sqlState=\\S*}", Pattern.DOTALL);

    /** Values in messages: of a row that is there already, or that a column or a calculation does not take. */
    private static final Pattern VALUE =
            Pattern.compile("(?<=Duplicate entry )'.*'(?= for )|(?<=value:? )'.*'(?= for | at row|$)", Pattern.DOTALL);

    private MySqlErrors() {}

    /** No connection. */
    static MusterException unavailable(MySqlSettings settings, Throwable thrown) {
        String source = settings.common().name();
        String why = "no connection to " + source + " at " + settings.authority() + ": "
                + settings.secrets().hide(why(thrown, settings.common().connectTimeout(), source));
        boolean encrypts = settings.address().ssl().compareTo(SslMode.REQUIRED) >= 0;
        if (thrown instanceof MySQLException answer) {
            String hint = encrypts && answer.getErrorCode() == BAD_HANDSHAKE ? TLS_HINT : "";
            return new MusterException(ErrorType.UNAVAILABLE, why + hint, codes(answer), thrown);
        }
        boolean answered = !(thrown instanceof ConnectException || thrown instanceof UnknownHostException);
        return new MusterException(ErrorType.UNAVAILABLE, why + (encrypts && answered ? TLS_HINT : ""), thrown);
    }

    /** A statement that failed. */
    static MusterException statement(String source, Throwable thrown, List<? extends @Nullable Object> params) {
        if (!(thrown instanceof MySQLException answer)) {
            return new MusterException(
                    ErrorType.UNAVAILABLE, source + ": the connection broke: " + reason(thrown), thrown);
        }
        ErrorType type = GONE.contains(answer.getErrorCode()) ? ErrorType.UNAVAILABLE : ErrorType.QUERY;
        return new MusterException(type, source + ": " + said(answer, params), codes(answer), null);
    }

    /** Whether a statement has to be prepared anew. */
    static boolean isStale(Throwable thrown) {
        return thrown instanceof MySQLException answer
                && (answer.getErrorCode() == STALE || answer.getErrorCode() == UNKNOWN_STATEMENT);
    }

    private static Map<String, Object> codes(MySQLException answer) {
        return Map.of("code", (long) answer.getErrorCode(), "sqlState", String.valueOf(answer.getSqlState()));
    }

    private static String said(MySQLException answer, List<? extends @Nullable Object> params) {
        Matcher wrapped = WRAPPED.matcher(String.valueOf(answer.getMessage()));
        String text = wrapped.matches() ? wrapped.group(1) : String.valueOf(answer.getMessage());
        text = VALUE.matcher(text).replaceAll("'…'");
        for (Object param : params) {
            if (param instanceof String value && !value.isEmpty()) {
                text = text.replace("'" + value + "'", "'…'");
            }
        }
        String hint = HINTS.get(answer.getErrorCode());
        return clean(text) + " (" + answer.getErrorCode() + ", " + answer.getSqlState() + ")"
                + (hint == null ? "" : ": " + hint);
    }

    private static String why(Throwable thrown, Duration limit, String source) {
        if (thrown instanceof MySQLException answer) {
            return said(answer, List.of());
        }
        if (thrown instanceof UnknownHostException) {
            return "the name cannot be resolved";
        }
        if (thrown instanceof TimeoutException || thrown instanceof ConnectTimeoutException) {
            return "none within " + Durations.format(limit) + " (connectTimeout of source " + source + ")";
        }
        if (thrown instanceof SSLException) {
            return "TLS failed: " + reason(thrown);
        }
        if (thrown instanceof ConnectException
                && String.valueOf(thrown.getMessage()).contains("refused")) {
            return "connection refused";
        }
        return thrown instanceof IOException ? "the connection broke: " + reason(thrown) : reason(thrown);
    }

    /** The deepest message. */
    private static String reason(Throwable thrown) {
        Throwable deepest = thrown;
        while (deepest.getCause() != null && deepest.getCause() != deepest) {
            deepest = deepest.getCause();
        }
        String message = deepest.getMessage();
        return message == null || message.isBlank() ? deepest.getClass().getSimpleName() : clean(message);
    }

    /** On one line, and not endless. */
    private static String clean(String text) {
        String line = text.strip().replaceAll("[\\p{Cntrl}\\s]+", " ");
        return line.length() <= MOST_CHARACTERS ? line : line.substring(0, MOST_CHARACTERS) + "…";
    }
}
