package dev.muster.connect.postgres;

import dev.muster.config.Durations;
import dev.muster.config.OwnSecrets;
import dev.muster.connect.postgres.PgWire.GarbledException;
import dev.muster.connect.sql.Database;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.text.Utf8;
import io.netty.channel.ConnectTimeoutException;
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

/** Converts errors of Postgres, its driver and the network into Muster errors. Messages do not contain parameter or data values. */
public final class PgErrors {
    private static final int MAX_CHARS = 1_000;

    private final String source;
    private final String address;
    private final OwnSecrets secrets;

    /** Creates the converter of a source. */
    public PgErrors(PostgresSettings settings) {
        this.source = settings.common().name();
        this.address = settings.address();
        this.secrets = settings.secrets();
    }

    /**
     * The error for a failed attempt to connect.
     *
     * @param limit the connect timeout
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
        if (thrown instanceof ConnectTimeoutException) {
            return "no connection within " + Durations.format(limit) + " (connectTimeout)";
        }
        if (thrown instanceof SSLException || thrown.getCause() instanceof SSLException) {
            return "TLS failed: " + said(Database.reason(thrown));
        }
        // The driver has no exception class for this failure. The text is its own and is never translated.
        if (String.valueOf(thrown.getMessage()).equals("SSL handshake failed")) {
            return "TLS failed in its handshake; is the certificate of the server trusted (tls.trust) and for this name?";
        }
        if (thrown instanceof ConnectException) {
            return "connection refused";
        }
        if (isLost(thrown)) {
            return "the server closed the connection, or did not respond for " + Durations.format(limit)
                    + " (connectTimeout)";
        }
        return said(Database.reason(thrown));
    }

    private static String whyRefused(PgException refused) {
        String said = said(refused.getErrorMessage());
        String code = String.valueOf(refused.getSqlState());
        String what = code.startsWith("28")
                ? "the user or password is rejected"
                : code.equals("53300")
                        ? "the server has no room for another connection"
                        : code.equals("3D000") ? "there is no such database" : "the server rejects the connection";
        if (code.equals("08P01")) {
            what += ", or a pooler before it that does not know a setting of the session (ignore_startup_parameters of"
                    + " PgBouncer lets it pass)";
        }
        return what + " (" + code + "): " + said;
    }

    /**
     * The error for a failed statement.
     *
     * @param params values that must not appear in the error
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
        if (thrown instanceof Error) {
            return new MusterException(
                    ErrorType.INTERNAL, source + ": the statement failed in the driver: " + thrown.getClass(), thrown);
        }
        String what = thrown instanceof GarbledException
                ? thrown.getMessage()
                : thrown.getClass().getSimpleName();
        return new MusterException(
                ErrorType.BAD_RESPONSE,
                source + ": the response of the server at " + address + " cannot be read: " + what,
                thrown);
    }

    private MusterException rejected(PgException rejected, List<? extends @Nullable Object> params) {
        String code = String.valueOf(rejected.getSqlState());
        var more = new LinkedHashMap<String, Object>();
        more.put("code", code);
        String message = said(PgMask.masked(String.valueOf(rejected.getErrorMessage()), code, params));
        ErrorType type = SqlState.type(rejected);
        String said = " (" + code + "): " + message
                + (SqlState.isOfOthers(code)
                        ? "; does a pooler share sessions of the server between statements (pool_mode of PgBouncer)?"
                        : "");
        if (type == ErrorType.UNAVAILABLE) {
            String what = code.equals(SqlState.READ_ONLY)
                    ? ": the server is read-only for now, like a standby"
                    : ": the server ended the connection";
            return new MusterException(type, source + what + said, more, rejected);
        }
        if (type == ErrorType.TIMEOUT) {
            return new MusterException(
                    type, source + ": the server ended the statement after its own time limit" + said, more, rejected);
        }
        String place = "";
        if (rejected.getPosition() != null) {
            more.put("position", Long.valueOf(rejected.getPosition()));
            place = " at character " + rejected.getPosition();
        }
        if (rejected.getConstraint() != null) {
            more.put("constraint", rejected.getConstraint());
        }
        return new MusterException(type, source + " rejects the statement" + place + said, more, rejected);
    }

    /** The error for a statement that was ended because it copies to or from the client. */
    MusterException noCopy() {
        return new MusterException(
                ErrorType.QUERY,
                source
                        + ": COPY from or to the client is not supported; read with a query and rows: stream, and insert many"
                        + " rows with unnest($1) over lists");
    }

    /** The error for a connection through a pooler that shares sessions. */
    public MusterException pooler() {
        return new MusterException(
                ErrorType.UNAVAILABLE,
                source + ": at " + address
                        + " is a pooler that shares sessions of the server between statements, like PgBouncer"
                        + " with pool_mode = transaction: statements of different clients would mix; set it to pool by"
                        + " sessions (pool_mode = session), or connect to the server itself");
    }

    /** Whether the failure means that the connection is lost. */
    public static boolean isLost(Throwable thrown) {
        return thrown instanceof ClosedConnectionException
                || thrown instanceof IOException && !(thrown instanceof SSLException)
                || thrown instanceof VertxException;
    }

    private static String said(@Nullable String message) {
        String text = String.valueOf(message).replaceAll("\\s+", " ").strip();
        return text.length() <= MAX_CHARS ? text : Utf8.beginning(text, MAX_CHARS) + "…";
    }
}
