package dev.muster.connect.mysql;

import dev.muster.config.Durations;
import dev.muster.connect.sql.Database;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.text.Utf8;
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

/** Converts errors of the server and the driver into Muster errors with plain messages. */
final class MySqlErrors {
    private static final int MAX_CHARACTERS = 500;
    private static final int BAD_HANDSHAKE = 1043;
    private static final String TLS_HINT = "; sslMode requires TLS: does the server support it?";
    private static final int TOO_LARGE_PACKET = 1153;
    private static final int STALE = 1615;
    private static final int UNKNOWN_STATEMENT = 1243;
    private static final String OF_CONNECTIONS = "08";
    private static final String READS_ONLY = "the server is read-only now";
    private static final String NO_FILES = "requests of servers for files of this machine are rejected";
    private static final String SMALLER_POOL = "the user has reached its limit of connections; make pool smaller";

    /**
     * Error codes of a server that cannot serve now: it is shutting down, the connection or the statement was killed, the
     * connection was idle for too long, the server has no capacity, or it is read-only. The next connection can lead to another
     * server or to a recovered one.
     */
    private static final Set<Integer> GONE = Set.of(
            1040, 1047, 1053, 1077, 1079, 1080, 1152, 1158, 1159, 1160, 1161, 1184, 1203, 1226, 1290, 1317, 1792, 1836,
            1874, 1927, 3168, 3169, 4031);

    /** The server's own statement time limit, on MariaDB and MySQL. The connection stays usable. */
    private static final Set<Integer> TIME_LIMITS = Set.of(1969, 3024);

    private static final Map<Integer, String> HINTS = Map.ofEntries(
            Map.entry(1040, "the server has no room for another connection (max_connections); make pool smaller"),
            Map.entry(1065, "the statement has only comments"),
            Map.entry(1148, NO_FILES),
            Map.entry(1203, SMALLER_POOL),
            Map.entry(1205, "another transaction held a lock for too long (innodb_lock_wait_timeout)"),
            Map.entry(1213, "the server rolled back the transaction; it can be retried"),
            Map.entry(1226, SMALLER_POOL),
            Map.entry(1290, READS_ONLY),
            Map.entry(1792, READS_ONLY),
            Map.entry(1836, READS_ONLY),
            Map.entry(1969, "the server's own time limit for a statement (max_statement_time)"),
            Map.entry(3024, "the server's own time limit for a statement (max_execution_time)"),
            Map.entry(3948, NO_FILES),
            Map.entry(4166, NO_FILES),
            Map.entry(TOO_LARGE_PACKET, "it is larger than max_allowed_packet of the server"));

    /** The driver's wrapping of the server's message. */
    private static final Pattern WRAPPED =
            Pattern.compile("\\{errorMessage=(.*), errorCode=\\d+, sqlState=\\S*}", Pattern.DOTALL);

    private static final Set<Integer> DUPLICATES = Set.of(1062, 1586);

    /** Messages whose first quoted part is a value: of a row, a column or a calculation. */
    private static final Set<Integer> WITH_VALUE =
            Set.of(1062, 1292, 1300, 1366, 1367, 1411, 1525, 1586, 1690, 1918, 1977, 3854);

    /** Replacement texts for messages that contain an unquoted value. */
    private static final Map<Integer, String> OWN_WORDS = Map.of(
            1526, "the table has no partition for the value",
            3616, "a longitude is out of range",
            3617, "a latitude is out of range");

    /** Everything from the first quote to the last, in any language. */
    private static final Pattern QUOTED = Pattern.compile("['\"„“”«»‚‘’].*['\"„“”«»‚‘’]", Pattern.DOTALL);

    /** The same, except for the key name at the end of the message. */
    private static final Pattern BEFORE_KEY = Pattern.compile("'.*'(?=[^']*'[^']+'$)", Pattern.DOTALL);

    private MySqlErrors() {}

    /** The error for a failed attempt to connect. */
    static MusterException unavailable(MySqlSettings settings, Throwable thrown) {
        if (thrown instanceof MusterException known) {
            return known;
        }
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

    /** The error for a failed statement. Values of the parameters are masked. */
    static MusterException statement(String source, Throwable thrown, List<? extends @Nullable Object> params) {
        if (!(thrown instanceof MySQLException answer)) {
            return new MusterException(
                    ErrorType.UNAVAILABLE,
                    source + ": the connection was lost: " + clean(Database.reason(thrown)),
                    thrown);
        }
        return new MusterException(type(answer), source + ": " + said(answer, params), codes(answer), null);
    }

    /** Classifies by error code or by the class of the SQLSTATE, because the message is in the server's language. */
    private static ErrorType type(MySQLException answer) {
        int code = answer.getErrorCode();
        if (TIME_LIMITS.contains(code)) {
            return ErrorType.TIMEOUT;
        }
        boolean isBroken = String.valueOf(answer.getSqlState()).startsWith(OF_CONNECTIONS) && code != TOO_LARGE_PACKET;
        return isBroken || GONE.contains(code) ? ErrorType.UNAVAILABLE : ErrorType.QUERY;
    }

    /** Whether a statement must be prepared again. */
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
        text = withoutValues(text.strip(), answer.getErrorCode());
        for (Object param : params) {
            if (param instanceof String value && !value.isEmpty()) {
                text = text.replace("'" + value + "'", "'…'").replace("\"" + value + "\"", "\"…\"");
            }
        }
        String hint = HINTS.get(answer.getErrorCode());
        return clean(text) + " (" + answer.getErrorCode() + ", " + answer.getSqlState() + ")"
                + (hint == null ? "" : ": " + hint);
    }

    private static String withoutValues(String text, int code) {
        if (DUPLICATES.contains(code)) {
            Matcher keyed = BEFORE_KEY.matcher(text);
            if (keyed.find()) {
                return keyed.replaceFirst("'…'");
            }
        }
        return WITH_VALUE.contains(code)
                ? QUOTED.matcher(text).replaceFirst("'…'")
                : OWN_WORDS.getOrDefault(code, text);
    }

    private static String why(Throwable thrown, Duration limit, String source) {
        if (thrown instanceof MySQLException answer) {
            return said(answer, List.of());
        }
        if (thrown instanceof UnknownHostException) {
            return "the name cannot be resolved";
        }
        if (thrown instanceof TimeoutException || thrown instanceof ConnectTimeoutException) {
            return "no response within " + Durations.format(limit) + " (connectTimeout of source " + source + ")";
        }
        if (thrown instanceof SSLException) {
            return "TLS failed: " + clean(Database.reason(thrown));
        }
        if (thrown instanceof ConnectException) {
            return "connection refused";
        }
        return thrown instanceof IOException
                ? "the connection was lost: " + clean(Database.reason(thrown))
                : clean(Database.reason(thrown));
    }

    /** The text on one line, truncated to {@value #MAX_CHARACTERS} characters. */
    private static String clean(String text) {
        String line = text.strip().replaceAll("[\\p{Cntrl}\\s]+", " ");
        return line.length() <= MAX_CHARACTERS ? line : Utf8.beginning(line, MAX_CHARACTERS) + "…";
    }
}
