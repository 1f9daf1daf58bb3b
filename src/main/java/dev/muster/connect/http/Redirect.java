package dev.muster.connect.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The transformation of a request by a redirect (RFC 9110, 15.4). */
final class Redirect {

    /** Headers that another origin may receive. */
    private static final Set<String> HARMLESS = Set.of(
            "accept",
            "accept-language",
            "accept-encoding",
            "user-agent",
            "content-type",
            "content-encoding",
            "content-language");

    private static final String OF_CONTENT = "content-";

    /** Headers without that prefix that describe the content too. */
    private static final Set<String> ALSO_OF_CONTENT = Set.of("digest", "last-modified");

    private Redirect() {}

    static boolean isOne(int status) {
        return switch (status) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
    }

    /**
     * Creates the next request. Status 303 turns every method but HEAD into GET, and 301 and 302 turn POST into GET; otherwise
     * method and body stay. If the body is dropped, so are the headers that describe it. Another origin receives only
     * headers that describe the content sent and wanted.
     *
     * @param cookies the cookies of the chain so far, or null if none were set
     */
    static HttpRequest follow(HttpRequest request, int status, Address to, @Nullable ChainCookies cookies) {
        boolean reads = status == 303 ? !request.isHead() : status < 303 && request.method() == HttpMethod.POST;
        MultiMap headers = HttpHeaders.headers().setAll(request.headers());
        if (!request.address().isSameOrigin(to)) {
            // Credentials belong to the origin that they were written for, and any header can be a credential.
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
            for (String name : request.headers().names()) {
                String lower = name.toLowerCase(Locale.ROOT);
                if (lower.startsWith(OF_CONTENT) || ALSO_OF_CONTENT.contains(lower)) {
                    headers.remove(name);
                }
            }
        }
        return HttpRequest.of(
                        reads ? HttpMethod.GET : request.method(),
                        to,
                        headers,
                        reads ? HttpRequest.NO_BODY : request.body(),
                        request.settings(),
                        request.traced(),
                        request.timed())
                .asRedirected();
    }
}
