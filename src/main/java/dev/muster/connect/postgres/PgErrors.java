package dev.muster.connect.postgres;

import dev.muster.config.Durations;
import dev.muster.config.OwnSecrets;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What a Postgres, its driver or the network says, as errors of the language. No message repeats a value. */
public final class PgErrors {
    private static final int MOST_CHARS = 1_000;

    private final String source;
    private final String address;
    private final OwnSecrets secrets;

    /** Those of a source. */
    public PgErrors(PostgresSettings settings) {
        this.source = settings.common().name();
        this.address = settings.address();
        this.secrets = settings.secrets();
    }

    /**
     * Why there is no connection.
     *
     * @param limit the time to connect
     */
    public MusterException connecting(Throwable thrown, Duration limit) {
        Map<String, Object> more = thrown instanceof PgException refused
                ? Map.of("code", String.valueOf(refused.getSqlState()))
                : Map.of();
        return new MusterException(
                ErrorType.UNAVAILABLE,
                "no connection to " + source + " at " + address + ": " + secrets.hide(why(thrown, limit)),
                more,
                thrown);
    }

    private static String why(Throwable thrown, Duration limit) {
        if (thrown instanceof PgException refused) {
            return whyRefused(refused);
        }
        if (thrown instanceof UnknownHostException) {
            return "the name of the host cannot be resolved";
        }
        if (thrown instanceof io.netty.channel.ConnectTimeoutException) {
            return "nobody accepts within " + Durations.format(limit) + " (connectTimeout)";
        }
        if (thrown instanceof SSLException || thrown.getCause() instanceof SSLException) {
            return "TLS failed: " + reason(thrown);
        }
        if (String.valueOf(thrown.getMessage()).equals("SSL handshake failed")) {
            return "TLS failed in its handshake; is the certificate of the server trusted (tls.trust) and for this name?";
        }
        if (thrown instanceof ConnectException) {
            return "connection refused";
        }
        if (isLost(thrown)) {
            return "the server closed the connection, or said nothing for " + Durations.format(limit)
                    + " (connectTimeout)";
        }
        return reason(thrown);
    }

    private static String whyRefused(PgException refused) {
        String said = said(refused.getErrorMessage());
        String code = String.valueOf(refused.getSqlState());
        String what = code.startsWith("28")
                ? "the user or password is refused"
                : code.equals("53300")
                        ? "the server has no room for another connection"
                        : code.equals("3D000") ? "there is no such database" : "the server refuses";
        return what + " (" + code + "): " + said;
    }

    /**
     * Why a statement failed.
     *
     * @param params what must not be shown
     */
    public MusterException running(Throwable thrown, List<? extends @Nullable Object> params) {
        if (thrown instanceof PgException rejected) {
            return rejected(rejected, params);
        }
        if (isLost(thrown)) {
            return new MusterException(
                    ErrorType.UNAVAILABLE,
                    source + ": the connection to " + address + " was lost while the statement ran",
                    thrown);
        }
        return new MusterException(
                ErrorType.INTERNAL, source + ": the statement failed in the driver: " + thrown.getClass(), thrown);
    }

    private MusterException rejected(PgException rejected, List<? extends @Nullable Object> params) {
        String code = String.valueOf(rejected.getSqlState());
        var more = new LinkedHashMap<String, Object>();
        more.put("code", code);
        if (code.startsWith("57P0") || code.startsWith("08")) {
            return new MusterException(
                    ErrorType.UNAVAILABLE,
                    source + ": the server ended the connection (" + code + "): " + said(rejected.getErrorMessage()),
                    more,
                    rejected);
        }
        String place = "";
        if (rejected.getPosition() != null) {
            more.put("position", Long.valueOf(rejected.getPosition()));
            place = " at character " + rejected.getPosition();
        }
        if (rejected.getConstraint() != null) {
            more.put("constraint", rejected.getConstraint());
        }
        String message = masked(said(rejected.getErrorMessage()), code, params);
        return new MusterException(
                ErrorType.QUERY,
                source + " rejects the statement" + place + " (" + code + "): " + message,
                more,
                rejected);
    }

    /** Data exceptions quote the value that is wrong, others sometimes do. */
    private static String masked(String message, String code, List<? extends @Nullable Object> params) {
        String shown = message;
        for (Object param : params) {
            String value = String.valueOf(param);
            if (param != null && !value.isEmpty()) {
                shown = shown.replace("\"" + value + "\"", "\"…\"");
            }
        }
        return code.startsWith("22") ? shown.replaceAll("(?s)\".*\"", "\"…\"") : shown;
    }

    /** Whether the connection is gone. */
    public static boolean isLost(Throwable thrown) {
        return thrown instanceof ClosedConnectionException
                || thrown instanceof IOException && !(thrown instanceof SSLException)
                || thrown instanceof VertxException;
    }

    static boolean isStale(Throwable thrown) {
        if (!(thrown instanceof PgException rejected)) {
            return false;
        }
        String code = rejected.getSqlState();
        return "26000".equals(code)
                || "0A000".equals(code)
                        && String.valueOf(rejected.getErrorMessage()).startsWith("cached plan");
    }

    private static String said(@Nullable String message) {
        String text = String.valueOf(message).replaceAll("\\s+", " ").strip();
        return text.length() <= MOST_CHARS ? text : text.substring(0, MOST_CHARS) + "…";
    }

    private static String reason(Throwable thrown) {
        Throwable deepest = thrown;
        while (deepest.getCause() != null && deepest.getCause() != deepest) {
            deepest = deepest.getCause();
        }
        String message = deepest.getMessage();
        return message == null || message.isBlank() ? deepest.getClass().getSimpleName() : said(message);
    }
}
