package dev.muster.web;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.text.Printable;
import dev.muster.text.Utf8;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Checks the target host and the origin of each HTTP request, WebSockets included. Safe on any thread.
 *
 * <p>If no callers are configured, everyone who reaches the node may run its plans. A page could use that through a host name that
 * it lets resolve to this machine (DNS rebinding). A request must therefore name a known host.
 */
final class HostCheck {

    private static final long MISDIRECTED = 421;
    private static final int MAX_SHOWN = 100;
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    /** The absolute form of a request target, or an origin: scheme and authority. */
    private static final Pattern ABSOLUTE = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*).*", Pattern.DOTALL);

    private final boolean isOpen;
    private final Set<Authority> hosts;
    private final Set<String> origins;
    private final boolean anyOrigin;

    /**
     * The host parsed last: nearly all requests name the same one. The data race is harmless, because any thread can parse it
     * again.
     */
    private @Nullable ReadHost last;

    /** A host and the text it was parsed from. */
    private record ReadHost(String text, Authority host, boolean isKnown) {}

    HostCheck(ServerSettings settings) {
        isOpen = settings.isOpen();
        hosts = Stream.concat(Stream.of(settings.host()), settings.hosts().stream())
                .flatMap(host -> host(host).stream())
                .collect(Collectors.toUnmodifiableSet());
        origins = Set.copyOf(settings.cors());
        anyOrigin = origins.contains("*");
    }

    /** Parses a host without a port, as in settings; IPv6 with or without brackets. */
    static Optional<Authority> host(String text) {
        boolean isBare = text.indexOf(':') >= 0 && !text.startsWith("[");
        return Authority.of(isBare ? "[" + text + "]" : text).filter(host -> host.port() < 0);
    }

    /**
     * The target host of a request; null for HTTP/1.0 without one.
     *
     * @throws MusterException of type {@code badInput} if the host is missing, ambiguous or invalid
     */
    @Nullable
    Authority authority(HttpServerRequest request) throws MusterException {
        boolean isHttp2 = request.version() == HttpVersion.HTTP_2;
        // Authorities has checked HTTP/2 headers already; a request that reaches this point has either one.
        List<String> named = isHttp2 && request.authority() != null
                ? List.of(request.authority().toString())
                : request.headers().getAll(HttpHeaders.HOST);
        if (named.size() > 1) {
            throw wrong("the request has several hosts");
        }
        Matcher target = isHttp2 || request.uri().startsWith("/") ? null : ABSOLUTE.matcher(request.uri());
        boolean isAbsolute = target != null && target.matches();
        if (named.isEmpty() && request.version() == HttpVersion.HTTP_1_0 && !isAbsolute) {
            return null;
        }
        if (named.isEmpty() && request.version() != HttpVersion.HTTP_1_0) {
            throw wrong("the request has no host, which " + (isHttp2 ? "HTTP/2" : "HTTP/1.1") + " requires");
        }
        Authority host = named.isEmpty() ? null : valid(named.get(0));
        if (isAbsolute && target != null) {
            Authority other = valid(target.group(2));
            if (host != null && !host.isSame(other, usualPort(target.group(1)))) {
                throw wrong("the host of the request target differs from the header Host");
            }
            return other;
        }
        return host;
    }

    /** Whether a node without callers answers requests for this host. */
    boolean isKnown(@Nullable Authority host) {
        ReadHost read = last;
        return host == null || (read != null && read.host == host ? read.isKnown : isAnswered(host));
    }

    private boolean isAnswered(Authority host) {
        return isOpen || host.isThisMachine() || hosts.stream().anyMatch(host::isHost);
    }

    /** The error for a host that is not known, with status 421. */
    static MusterException unknown(@Nullable Authority host) {
        return new MusterException(
                ErrorType.DENIED,
                "no callers are configured, so requests for the host " + (host == null ? "" : shown(host.host()))
                        + " are rejected: use localhost, or list the host in server.hosts",
                Map.of("status", MISDIRECTED),
                null);
    }

    /**
     * Checks that the request does not come from a page of a foreign origin that is not allowed.
     *
     * @throws MusterException of type {@code denied} if it does
     */
    void checkOrigin(HttpServerRequest request, @Nullable Authority host) throws MusterException {
        if (anyOrigin || !request.headers().contains(HttpHeaders.ORIGIN)) {
            return;
        }
        for (String origin : request.headers().getAll(HttpHeaders.ORIGIN)) {
            if (!origins.contains(origin) && !isOwn(origin, host)) {
                throw new MusterException(
                        ErrorType.DENIED, "pages of " + shown(origin) + " may not send requests here (server.cors)");
            }
        }
    }

    private static boolean isOwn(String origin, @Nullable Authority host) {
        Matcher written = ABSOLUTE.matcher(origin);
        return host != null
                && written.matches()
                && Authority.of(written.group(2))
                        .filter(page -> page.isSame(host, usualPort(written.group(1))))
                        .isPresent();
    }

    private static int usualPort(String scheme) {
        return scheme.equalsIgnoreCase("https") ? HTTPS_PORT : HTTP_PORT;
    }

    private Authority valid(String text) {
        ReadHost read = last;
        if (read != null && read.text.equals(text)) {
            return read.host;
        }
        Authority host = Authority.of(text)
                .orElseThrow(() -> wrong("the request is for " + shown(text) + ", which is not a host"));
        last = new ReadHost(text, host, isAnswered(host));
        return host;
    }

    private static MusterException wrong(String what) {
        return new MusterException(ErrorType.BAD_INPUT, what);
    }

    private static String shown(String text) {
        String visible = Printable.line(text);
        return visible.length() > MAX_SHOWN ? Utf8.beginning(visible, MAX_SHOWN) + "…" : visible;
    }
}
