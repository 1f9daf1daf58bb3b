package dev.muster.connect.http;

import dev.muster.config.Durations;
import dev.muster.config.Sizes;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.text.Printable;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.NotSslRecordException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The translation of failures of Vert.x and Netty into clear messages and the error types of the plan language. */
final class HttpErrors {

    private static final long REFUSED_STREAM = 7;
    private static final String ALERT = "Received fatal alert: ";
    private static final int REASON_CHARACTERS = 200;

    private HttpErrors() {}

    /** The error of a failed connection. */
    static MusterException connecting(Throwable cause, HttpRequest request, HttpSource source) {
        String why = source.settings().maskedConnectFailure(whyNoConnection(cause, request, source));
        return new MusterException(ErrorType.UNAVAILABLE, why, cause);
    }

    /** The error of a server that does not agree on HTTP/2 although the source requires it. Nothing was sent. */
    static MusterException noHttp2(HttpRequest request, HttpSource source) {
        return new MusterException(
                ErrorType.UNAVAILABLE,
                request.authority() + " does not agree on HTTP/2 (ALPN), and source " + source.name()
                        + " requires it (protocol: http2)");
    }

    /** The error of a step whose time ran out just before sending. Nothing was sent. */
    static MusterException noTime(HttpRequest request) {
        return new MusterException(ErrorType.TIMEOUT, request + ": no time was left to send it");
    }

    /** The error of a request that was sent but got no response. */
    static MusterException answering(Throwable cause, HttpRequest request, HttpSource source) {
        if (isOfTls(cause)) {
            // With TLS 1.3 the server checks the client's certificate after the client has finished its handshake.
            String where = request.authority();
            return new MusterException(
                    ErrorType.UNAVAILABLE,
                    "TLS with " + where + " failed: "
                            + whyNoTls(cause, source, text -> request.quoted(text, REASON_CHARACTERS)),
                    cause);
        }
        if (cause instanceof StreamResetException reset && !isLost(cause)) {
            return new MusterException(
                    ErrorType.BAD_RESPONSE,
                    request + ": the server reset the request (code " + reset.getCode() + ")",
                    cause);
        }
        if (isRefusedStream(cause)) {
            return new MusterException(
                    ErrorType.UNAVAILABLE,
                    request + ": " + request.authority() + " rejected the request unprocessed",
                    cause);
        }
        Misbehaviour misbehaviour = misbehaviour(cause);
        if (misbehaviour != null) {
            return new MusterException(
                    ErrorType.BAD_RESPONSE, request + ": the answer " + misbehaviour.shown(request), cause);
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

    /** The error of a response that broke off or is malformed. */
    static MusterException reading(Throwable cause, HttpRequest request, long bytes) {
        String what = isLost(cause) || cause instanceof StreamResetException
                ? "the answer breaks off after " + bytes + " bytes of its body"
                : "the answer's body is broken after " + bytes + " bytes: "
                        + request.quoted(reason(cause), REASON_CHARACTERS);
        return new MusterException(ErrorType.BAD_RESPONSE, request + ": " + what, cause);
    }

    /** The error of a body where HTTP allows none. */
    static MusterException unexpectedBody(HttpRequest request, int status) {
        String to = request.isHead() ? "to a HEAD" : "with status " + status;
        return new MusterException(
                ErrorType.BAD_RESPONSE, request + ": the answer " + to + " has a body, which HTTP does not allow");
    }

    /** The error of a compressed body that ends too early. */
    static MusterException cut(HttpRequest request, long bytes, String coding) {
        return new MusterException(
                ErrorType.BAD_RESPONSE,
                request + ": the answer breaks off after " + bytes + " bytes of its body, before the end of its "
                        + coding,
                null);
    }

    /** The error of a body larger than the source's {@code maxResponse}. */
    static MusterException tooLarge(HttpRequest request, HttpSource source) {
        String bound = Sizes.format(source.settings().maxResponse());
        return new MusterException(
                ErrorType.LIMIT,
                request + ": the answer is larger than " + bound + " (maxResponse of source " + source.name() + ")");
    }

    /** Whether the connection was lost, or the server reported that it did not process the request. */
    static boolean isLost(Throwable cause) {
        if (cause instanceof StreamResetException reset) {
            return reset.getCode() == REFUSED_STREAM;
        }
        if (cause instanceof Http2Exception known && known.error() == Http2Error.STREAM_CLOSED) {
            return true;
        }
        return cause instanceof HttpClosedException || cause instanceof IOException && !(cause instanceof SSLException);
    }

    /**
     * Whether the request was certainly not processed: the server refused its stream, or Netty refused it by what it knows of
     * the server.
     */
    static boolean isRefusedStream(Throwable cause) {
        return cause instanceof StreamResetException reset && reset.getCode() == REFUSED_STREAM
                || cause instanceof Http2Exception known && known.error() == Http2Error.REFUSED_STREAM;
    }

    /** Whether the received bytes do not even begin like HTTP. */
    static boolean isNoHttp(Throwable cause) {
        return cause instanceof IllegalArgumentException;
    }

    private static @Nullable Misbehaviour misbehaviour(Throwable cause) {
        Throwable at = cause;
        while (at != null && !(at instanceof Misbehaviour)) {
            at = at.getCause();
        }
        return (Misbehaviour) at;
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
            return "the proxy " + proxy(source) + " opens no connection to " + where + ": "
                    + source.settings().maskedProxyText(reason(cause));
        }
        if (cause instanceof TimeoutException || cause instanceof io.netty.channel.ConnectTimeoutException) {
            String within = Durations.format(source.settings().connectTimeout());
            return "no connection to " + named(request, source) + " within " + within + " (connectTimeout of source "
                    + source.name() + ")";
        }
        if (isOfTls(cause)) {
            return "TLS with " + named(request, source) + " failed: "
                    + whyNoTls(cause, source, text -> shownHandshakeText(text, request, source));
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

    /**
     * A server's text from the handshake, where nothing of a caller was sent yet. With a base address it is quoted, and
     * {@link HttpSettings#maskedConnectFailure} masks the source's secrets in it.
     */
    private static String shownHandshakeText(String text, HttpRequest request, HttpSource source) {
        return source.settings().base().isPresent()
                ? Printable.phrase(text, REASON_CHARACTERS)
                : request.quoted(text, REASON_CHARACTERS);
    }

    /**
     * The reason of a TLS failure.
     *
     * @param words makes the server's own text fit to be shown
     */
    private static String whyNoTls(Throwable cause, HttpSource source, UnaryOperator<String> words) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            String message = String.valueOf(at.getMessage());
            if (message.contains("No subject alternative") || message.contains("No name matching")) {
                return "its certificate is for another name";
            }
            if (at instanceof java.security.cert.CertPathBuilderException) {
                return "its certificate is not trusted (tls.trust of the source)";
            }
            if (at instanceof CertificateExpiredException) {
                return "its certificate has expired: " + words.apply(message);
            }
            if (at instanceof CertificateException && at.getCause() == null) {
                return "its certificate is rejected: " + words.apply(message);
            }
        }
        String reason = reason(cause);
        // Newer JDKs put the alert in brackets before the sentence.
        int alert = reason.indexOf(ALERT);
        if (alert >= 0) {
            return whyRefused(reason.substring(alert + ALERT.length()), source);
        }
        if (has(NotSslRecordException.class, cause)) {
            return (source.settings().proxy().isPresent() ? "the response is not TLS" : "it does not speak TLS")
                    + orNoProxy(source);
        }
        return has(ClosedChannelException.class, cause)
                ? "the connection was closed during the handshake" + orNoProxy(source)
                : words.apply(reason);
    }

    /** The meaning of a server's TLS alert. For alerts about certificates it depends on whether the source has one. */
    private static String whyRefused(String alert, HttpSource source) {
        return switch (alert) {
            case "certificate_required",
                    "bad_certificate",
                    "unsupported_certificate",
                    "certificate_revoked",
                    "certificate_expired",
                    "certificate_unknown",
                    "unknown_ca",
                    "access_denied",
                    "handshake_failure" ->
                (source.settings().tls().files().identity().isPresent()
                                ? "it rejects the client certificate (tls.cert of source "
                                : alert.equals("handshake_failure")
                                        ? "it rejects the handshake, possibly for lack of a client certificate (tls.cert of source "
                                        : "it requires a client certificate (tls.cert of source ")
                        + source.name() + "): alert " + alert;
            default -> "it rejects the handshake: alert " + alert;
        };
    }

    private static boolean isOfTls(Throwable cause) {
        return has(SSLException.class, cause);
    }

    private static boolean has(Class<? extends Throwable> kind, Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (kind.isInstance(at)) {
                return true;
            }
        }
        return false;
    }

    private static String orNoProxy(HttpSource source) {
        return source.settings().proxy().isPresent()
                ? "; is " + proxy(source) + " a proxy? (proxy of source " + source.name() + ")"
                : "";
    }

    /** The message of the deepest cause, on one line. */
    private static String reason(Throwable cause) {
        Throwable deepest = cause;
        while (deepest.getCause() != null && deepest.getCause() != deepest) {
            deepest = deepest.getCause();
        }
        String message = deepest.getMessage();
        return message == null || message.isBlank()
                ? deepest.getClass().getSimpleName()
                : Printable.phrase(message, REASON_CHARACTERS);
    }
}
