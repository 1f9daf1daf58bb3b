package dev.muster.connect.http;

import dev.muster.connect.Arguments;
import dev.muster.connect.ConnectionLimiter;
import dev.muster.connect.Connector;
import dev.muster.connect.Operation;
import dev.muster.connect.Receipts;
import dev.muster.plan.MusterException;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The connector of the verb {@code http}. Each source has clients of its own, opened at first use.
 *
 * <p>Safe on any thread. Its operations run only on event loops of the given Vert.x, because their I/O completes there.
 */
public final class HttpConnector implements Connector {

    private final Map<String, HttpSource> sources;
    private final VerbSpec words;

    /** Creates the connector of the named sources. Opens no connection. */
    public HttpConnector(Vertx vertx, Map<String, HttpSettings> settings) {
        this(vertx, settings, EgressGuard.resolver(vertx));
    }

    HttpConnector(
            Vertx vertx, Map<String, HttpSettings> settings, Function<String, Future<List<InetAddress>>> resolver) {
        var named = new LinkedHashMap<String, HttpSource>();
        settings.forEach((name, source) -> named.put(name, new HttpSource(name, source, vertx, resolver)));
        this.sources = Collections.unmodifiableMap(named);
        this.words = HttpOptions.of(sources);
    }

    @Override
    public VerbSpec words() {
        return words;
    }

    @Override
    public Operation prepare(VerbCall call) {
        HttpSource source = sources.get(call.target());
        if (source == null) {
            throw new IllegalArgumentException(call.at() + ": there is no http source " + call.target());
        }
        List<String> patterns = call.texts("expect");
        Expect expect = patterns.isEmpty() ? Expect.SUCCESS : new Expect(List.copyOf(patterns));
        return new HttpOperation(
                source, new RequestPlan(call, source), expect, call.text("as").orElse(""));
    }

    /** Returns the statistics of each source. Safe on any thread. */
    public Map<String, Statistics> statistics() {
        var statistics = new LinkedHashMap<String, Statistics>();
        sources.forEach((name, source) -> statistics.put(name, source.statistics()));
        return statistics;
    }

    @Override
    public Future<Void> close() {
        Future<Void> all = Future.succeededFuture();
        for (HttpSource source : sources.values()) {
            Future<Void> closing = source.close();
            all = all.eventually(() -> closing);
        }
        return all;
    }

    private record HttpOperation(HttpSource source, RequestPlan plan, Expect expect, String as) implements Operation {
        @Override
        public Future<@Nullable Object> run(Scope scope, Arguments arguments) {
            try {
                return new HttpCall(scope, source, expect, as, arguments.trace()).run(plan.request(arguments));
            } catch (MusterException e) {
                return Future.failedFuture(e);
            }
        }
    }

    /**
     * Statistics of a source.
     *
     * @param pool statistics of its connection limiter
     * @param requests number of requests sent since the start, redirects included
     * @param openRequests number of requests that have not ended
     * @param cancels outcomes of cancels
     */
    public record Statistics(
            ConnectionLimiter.Statistics pool, long requests, int openRequests, Receipts.Statistics cancels) {}
}
