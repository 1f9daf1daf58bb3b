package dev.muster.connect.http;

import dev.muster.config.Durations;
import dev.muster.config.Sizes;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.netty.handler.proxy.ProxyConnectException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** What Vert.x and Netty say, in plain words and by the types of the plan language. */
final class HttpErrors {

    private static final long REFUSED_STREAM = 7;
    private static final int REASON_CHARACTERS = 200;

    private HttpErrors() {}

    /** No connection. */
    static MusterException connecting(Throwable cause, HttpRequest request, HttpSource source) {
        String why = source.settings().connectingSays(whyNoConnection(cause, request, source));
        return new MusterException(ErrorType.UNAVAILABLE, why, cause);
    }

    /** A connection, but no answer began. */
    static MusterException answering(Throwable cause, HttpRequest request) {
        if (cause instanceof StreamResetException reset && !isLost(cause)) {
            return new MusterException(
                    ErrorType.BAD_RESPONSE,
                    request + ": the server reset the request (code " + reset.getCode() + ")",
                    cause);
        }
        if (isLost(cause)) {
            return new MusterException(
                    ErrorType.UNAVAILABLE,
                    request + ": " + request.authority() + " closed the connection without an answer",
                    cause);
        }
        return new MusterException(
                ErrorType.BAD_RESPONSE,
                request + ": the answer is not HTTP: " + request.quoted(reason(cause), REASON_CHARACTERS),
                cause);
    }

    /** An answer that began and broke. */
    static MusterException reading(Throwable cause, HttpRequest request, long bytes) {
        String what = isLost(cause) || cause instanceof StreamResetException
                ? "the answer breaks off after " + bytes + " bytes of its body"
                : "the answer's body is broken after " + bytes + " bytes: "
                        + request.quoted(reason(cause), REASON_CHARACTERS);
        return new MusterException(ErrorType.BAD_RESPONSE, request + ": " + what, cause);
    }

    /** More of a body than the source may send. */
    static MusterException tooLarge(HttpRequest request, HttpSource source) {
        String bound = Sizes.format(source.settings().maxResponse());
        return new MusterException(
                ErrorType.LIMIT,
                request + ": the answer is larger than " + bound + " (maxResponse of source " + source.name() + ")");
    }

    /** Whether the connection is gone, or the server says that it has not looked at the request. */
    static boolean isLost(Throwable cause) {
        if (cause instanceof StreamResetException reset) {
            return reset.getCode() == REFUSED_STREAM;
        }
        return cause instanceof HttpClosedException || cause instanceof IOException && !(cause instanceof SSLException);
    }

    private static String whyNoConnection(Throwable cause, HttpRequest request, HttpSource source) {
        String where = request.authority();
        if (cause instanceof IllegalStateException) {
            return "source " + source.name() + " is closed";
        }
        if (cause instanceof UnknownHostException) {
            return "the name of " + named(request, source) + " cannot be resolved";
        }
        if (cause instanceof ProxyConnectException) {
            return "the proxy " + proxy(source) + " gives no connection to " + where + ": "
                    + source.settings().proxySays(reason(cause));
        }
        if (cause instanceof TimeoutException || cause instanceof io.netty.channel.ConnectTimeoutException) {
            String within = Durations.format(source.settings().connectTimeout());
            return "no connection to " + named(request, source) + " within " + within + " (connectTimeout of source "
                    + source.name() + ")";
        }
        if (cause instanceof SSLException) {
            return "TLS with " + where + " failed: " + whyNoTrust(cause);
        }
        boolean refused = cause instanceof ConnectException
                && String.valueOf(cause.getMessage()).contains("refused");
        return "cannot connect to " + named(request, source) + ": " + (refused ? "connection refused" : reason(cause));
    }

    private static String named(HttpRequest request, HttpSource source) {
        return source.settings().proxy().isPresent()
                ? request.authority() + " by the proxy " + proxy(source)
                : request.authority();
    }

    private static String proxy(HttpSource source) {
        return source.settings().proxy().map(ProxySettings::toString).orElse("");
    }

    private static String whyNoTrust(Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            String message = String.valueOf(at.getMessage());
            if (message.startsWith("No subject alternative") || message.startsWith("No name matching")) {
                return "its certificate is for another name";
            }
            if (at instanceof java.security.cert.CertPathBuilderException) {
                return "its certificate is not trusted (tls.trust of the source)";
            }
            if (at instanceof CertificateException && at.getCause() == null) {
                return "its certificate is refused: " + Sanitized.text(message, 200);
            }
        }
        return reason(cause);
    }

    /** The deepest message, on one line. */
    private static String reason(Throwable cause) {
        Throwable deepest = cause;
        while (deepest.getCause() != null && deepest.getCause() != deepest) {
            deepest = deepest.getCause();
        }
        String message = deepest.getMessage();
        return message == null || message.isBlank()
                ? deepest.getClass().getSimpleName()
                : Sanitized.text(message, REASON_CHARACTERS);
    }
}
