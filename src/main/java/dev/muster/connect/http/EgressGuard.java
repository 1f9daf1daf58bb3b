package dev.muster.connect.http;

import dev.muster.config.Durations;
import dev.muster.loop.Timer;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The egress guard. It restricts a source with {@code http: any} to the public internet and to the hosts of its setting
 * {@code allow}. Safe on any thread.
 *
 * <p>The guard resolves a name itself, checks every address, and pins the request to the first one. A name that resolves
 * differently a moment later therefore gains nothing. One address that is not public is enough to reject the name, so that the
 * owner of the name gets no second try.
 */
final class EgressGuard {

    private final String source;
    private final HttpSettings settings;
    private final Function<String, Future<List<InetAddress>>> resolver;

    /**
     * Creates the guard of a source.
     *
     * @param resolver resolves a name to all its addresses, the preferred one first; completes on the caller's loop
     */
    EgressGuard(String source, HttpSettings settings, Function<String, Future<List<InetAddress>>> resolver) {
        this.source = source;
        this.settings = settings;
        this.resolver = resolver;
    }

    /** The resolver that a client of this Vert.x uses: the hosts file, then DNS, with its cache. Safe on any thread. */
    static Function<String, Future<List<InetAddress>>> resolver(Vertx vertx) {
        return host -> Future.<List<InetSocketAddress>>future(found -> ((VertxInternal) vertx)
                        .nameResolver()
                        .resolveAll(host, ended -> found.complete(ended.result(), ended.cause())))
                .map(all -> all.stream().map(InetSocketAddress::getAddress).toList());
    }

    /**
     * Checks a request whose target can be judged without resolving a name.
     *
     * @return the request to send; null if its host is a name that has to be resolved first
     * @throws MusterException of type {@link ErrorType#DENIED} if the target is not allowed
     */
    @Nullable
    HttpRequest atOnce(HttpRequest request) {
        Address to = request.address();
        if (settings.allow().hasName(to)) {
            return request;
        }
        InetAddress written = IpText.parse(to.host());
        if (written != null) {
            String whyNot = whyNot(written, to.port());
            if (whyNot != null) {
                throw denied(request, "which is " + whyNot);
            }
            return request.reaching(written, settings.connectTimeout());
        }
        if (IpText.isAmbiguous(to.host())) {
            throw new MusterException(
                    ErrorType.DENIED,
                    request + ": source " + source + " rejects the host " + request.host()
                            + ", which is read as different addresses; write an address of IPv4 as four decimal numbers");
        }
        return null;
    }

    /** Resolves the host of a request. */
    Future<List<InetAddress>> lookUp(HttpRequest request) {
        try {
            return resolver.apply(request.address().host());
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    /**
     * Checks a request against the addresses of its host, as a wait of the scope. Runs on the scope's loop.
     *
     * @return the request to send; fails with {@link ErrorType#DENIED} if the target is not allowed, with
     *     {@link ErrorType#UNAVAILABLE} if no address is found within {@code connectTimeout}
     */
    Future<HttpRequest> checked(Scope scope, HttpRequest request, Future<List<InetAddress>> found) {
        long begunNanos = scope.loop().nanos();
        return scope.<List<InetAddress>>suspend("the address of " + request.host(), waiter -> {
                    Timer late = scope.loop()
                            .schedule(settings.connectTimeout(), () -> waiter.fail(unresolved(request, true, null)));
                    found.onComplete((addresses, failure) -> {
                        late.cancel();
                        waiter.complete(addresses, failure == null ? null : unresolved(request, false, failure));
                    });
                    return reason -> {
                        late.cancel();
                        return true;
                    };
                })
                .map(addresses -> checked(request, addresses, scope.loop().nanos() - begunNanos));
    }

    private HttpRequest checked(HttpRequest request, List<InetAddress> addresses, long spentNanos) {
        if (addresses.isEmpty()) {
            throw unresolved(request, false, null);
        }
        for (InetAddress address : addresses) {
            String whyNot = whyNot(address, request.address().port());
            if (whyNot != null) {
                // The address is not shown: it is internal to the network, and the caller is not trusted with it.
                throw denied(request, "whose address is " + whyNot);
            }
        }
        return request.reaching(addresses.get(0), settings.connectTimeout().minusNanos(spentNanos));
    }

    private @Nullable String whyNot(InetAddress address, int port) {
        return settings.allow().has(address, port) ? null : PublicAddresses.whyNot(address);
    }

    private MusterException denied(HttpRequest request, String why) {
        return new MusterException(
                ErrorType.DENIED,
                request + ": source " + source + " rejects the host " + request.host() + ", " + why
                        + "; only hosts in allow of source " + source + " are permitted there");
    }

    private MusterException unresolved(HttpRequest request, boolean late, @Nullable Throwable cause) {
        String within = late
                ? " within " + Durations.format(settings.connectTimeout()) + " (connectTimeout of source " + source
                        + ")"
                : "";
        String proxied = settings.proxy().isEmpty()
                ? ""
                : "; a name that only the proxy can resolve must be in allow of source " + source;
        String what = "the name of " + request.authority() + " cannot be resolved" + within + proxied;
        return new MusterException(ErrorType.UNAVAILABLE, what, cause);
    }
}
