package dev.muster.connect.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a redirect makes of a request (RFC 9110, 15.4). */
final class Redirect {

    /** What another origin may see of a request's headers. */
    private static final Set<String> HARMLESS =
            Set.of("accept", "accept-language", "accept-encoding", "user-agent", "content-type");

    private Redirect() {}

    static boolean isOne(int status) {
        return switch (status) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
    }

    /**
     * 303 always reads, 301 and 302 make a post read; otherwise method and body stay. Another origin gets only those
     * headers that say what is sent and wanted.
     *
     * @param cookies those of the chain so far, or null if nothing set any
     */
    static HttpRequest follow(
            HttpRequest request, int status, Address to, HttpSettings settings, @Nullable ChainCookies cookies) {
        boolean reads = status == 303 ? !request.isHead() : status < 303 && request.method() == HttpMethod.POST;
        MultiMap headers = HttpHeaders.headers().setAll(request.headers());
        if (!request.address().isSameOrigin(to)) {
            // What proves who we are is for the one that it was given for, and any header may be what does.
            for (String name : request.headers().names()) {
                if (!HARMLESS.contains(name.toLowerCase(Locale.ROOT))) {
                    headers.remove(name);
                }
            }
        }
        if (cookies != null) {
            cookies.addTo(headers, to);
        }
        if (reads) {
            headers.remove(HttpHeaders.CONTENT_TYPE);
            return HttpRequest.of(
                    HttpMethod.GET, to, headers, HttpRequest.NO_BODY, settings, request.traced(), request.timed());
        }
        return HttpRequest.of(
                request.method(), to, headers, request.body(), settings, request.traced(), request.timed());
    }
}
