package dev.muster.connect.mongo;

import com.mongodb.MongoClientException;
import com.mongodb.MongoNodeIsRecoveringException;
import com.mongodb.MongoNotPrimaryException;
import com.mongodb.MongoOperationTimeoutException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoSocketReadTimeoutException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.connection.ClusterDescription;
import com.mongodb.connection.ServerDescription;
import com.mongodb.connection.ServerType;
import dev.muster.config.Durations;
import dev.muster.text.Printable;
import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** The failures in which no server responded: none was found or reachable, the login was rejected, or the server is going away. */
final class NoServer {
    private NoServer() {}

    /** Whether a failure of the driver is such a failure. */
    static boolean matches(Throwable thrown) {
        return thrown instanceof MongoSocketException
                || thrown instanceof MongoTimeoutException
                || thrown instanceof MongoSecurityException
                || thrown instanceof MongoNotPrimaryException
                || thrown instanceof MongoNodeIsRecoveringException
                || thrown instanceof MongoClientException;
    }

    /**
     * The reason, for messages, without secrets.
     *
     * @param expired the time limit of the command, if a time-out is due to it
     */
    static String why(Throwable thrown, MongoSource source, Optional<Duration> expired) {
        if (thrown instanceof MongoSecurityException) {
            return "the server rejects the login of source " + source.name()
                    + "; check user, password and authSource of its address";
        }
        if (thrown instanceof MongoNotPrimaryException || thrown instanceof MongoNodeIsRecoveringException) {
            return "the server cannot do it now: " + Printable.phrase(String.valueOf(thrown.getMessage()), 200);
        }
        if (thrown instanceof MongoSocketReadTimeoutException) {
            return "the server did not answer in time (socketTimeoutMS of the source's address)";
        }
        if (thrown instanceof MongoSocketException socket) {
            String where = source.settings().shown(socket.getServerAddress());
            return where + ": " + reason(thrown, source).orElse("the connection was lost before the response arrived");
        }
        if (thrown instanceof MongoTimeoutException) {
            Optional<Duration> limit = expired.filter(time -> thrown instanceof MongoOperationTimeoutException);
            return "no server of source " + source.name() + " within "
                    + limit.map(time -> limit(time, source)).orElseGet(() -> selection(source)) + seen(source);
        }
        return "no connection: "
                + reason(thrown, source).orElse(thrown.getClass().getSimpleName());
    }

    private static String selection(MongoSource source) {
        return Durations.format(source.settings().serverSelectionTimeout()) + " (serverSelectionTimeout)";
    }

    private static String limit(Duration limit, MongoSource source) {
        boolean isOfAddress = source.addressed().equals(Optional.of(limit));
        return Durations.format(limit) + (isOfAddress ? " (timeoutMS of its address)" : " (the time that was left)");
    }

    /** The problems of the servers when they were last looked at. */
    private static String seen(MongoSource source) {
        ClusterDescription cluster = source.cluster();
        var seen = new StringBuilder();
        if (cluster != null) {
            for (ServerDescription server : cluster.getServerDescriptions()) {
                Throwable problem = server.getException();
                String why = problem == null
                        ? type(server)
                        : problem instanceof MongoSecurityException
                                ? "rejects the login"
                                : reason(problem, source).orElse("does not answer");
                seen.append("; ")
                        .append(source.settings().shown(server.getAddress()))
                        .append(": ")
                        .append(why);
            }
        }
        return seen.toString();
    }

    private static String type(ServerDescription server) {
        return server.getType() == ServerType.UNKNOWN
                ? "no answer yet"
                : server.getType().name().toLowerCase(Locale.ROOT);
    }

    private static Optional<String> reason(Throwable thrown, MongoSource source) {
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            if (at instanceof SSLException || at instanceof GeneralSecurityException) {
                String message = source.settings().secrets().hide(String.valueOf(at.getMessage()));
                return Optional.of("TLS failed: " + Printable.phrase(message, 200) + " (tls.trust of the source)");
            }
            if (at instanceof UnknownHostException) {
                return Optional.of("the name cannot be resolved");
            }
            if (at instanceof ConnectTimeoutException) {
                return Optional.of("no connection in time (connectTimeout)");
            }
            if (at instanceof ConnectException) {
                return Optional.of("connection refused");
            }
        }
        return Optional.empty();
    }
}
