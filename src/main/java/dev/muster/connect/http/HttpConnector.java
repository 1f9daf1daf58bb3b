package dev.muster.connect.http;

import dev.muster.connect.Arguments;
import dev.muster.connect.Connector;
import dev.muster.connect.Operation;
import dev.muster.plan.MusterException;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbWords;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The verb {@code http}: one client for each source, opened at its first use.
 *
 * <p>Safe on every thread. Its operations run on loops of this Vert.x only, as their input and output comes back there.
 */
public final class HttpConnector implements Connector {

    private final Map<String, HttpSource> sources;
    private final VerbWords words;

    /** Of the sources by name. Nothing is opened yet. */
    public HttpConnector(Vertx vertx, Map<String, HttpSettings> settings) {
        this(vertx, settings, Resolver.of(vertx));
    }

    HttpConnector(Vertx vertx, Map<String, HttpSettings> settings, Resolver resolver) {
        var named = new LinkedHashMap<String, HttpSource>();
        settings.forEach((name, source) -> named.put(name, new HttpSource(name, source, vertx, resolver)));
        this.sources = Collections.unmodifiableMap(named);
        this.words = HttpWords.of(sources);
    }

    @Override
    public VerbWords words() {
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

    /** What can be told of each source at this moment. From any thread. */
    public Map<String, HttpStatistics> statistics() {
        var statistics = new LinkedHashMap<String, HttpStatistics>();
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
}
