package dev.muster.connect.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** The resolver of host names. Safe on any thread. */
@FunctionalInterface
interface Resolver {

    /** Resolves a name to all its addresses, the preferred one first. Completes on the caller's loop. */
    Future<List<InetAddress>> addresses(String host);

    /** The resolver that a client of this Vert.x uses: the hosts file, then DNS, with its cache. */
    static Resolver of(Vertx vertx) {
        return host -> Future.<List<InetSocketAddress>>future(found -> ((VertxInternal) vertx)
                        .nameResolver()
                        .resolveAll(host, ended -> found.complete(ended.result(), ended.cause())))
                .map(all -> all.stream().map(InetSocketAddress::getAddress).toList());
    }
}
