package dev.muster.connect.http;

import dev.muster.config.Position;
import dev.muster.config.SourceConfig;
import dev.muster.connect.Arguments;
import dev.muster.connect.ConnectionLimiter;
import dev.muster.connect.Connector;
import dev.muster.connect.Operation;
import dev.muster.connect.Receipts;
import dev.muster.connect.SourceKind;
import dev.muster.loop.Futures;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.UriTemplate;
import dev.muster.plan.UriTemplates;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.SocketAddress;
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

    /** The kind of these sources. */
    public static final SourceKind KIND = new SourceKind("http", HttpConnector::open);

    private final Vertx vertx;
    private final Map<String, HttpSource> sources;
    private final VerbSpec words;

    /** Creates the connector of the named sources. Opens no connection. */
    public HttpConnector(Vertx vertx, Map<String, HttpSettings> settings) {
        this(vertx, settings, EgressGuard.resolver(vertx));
    }

    HttpConnector(
            Vertx vertx, Map<String, HttpSettings> settings, Function<String, Future<List<InetAddress>>> resolver) {
        this.vertx = vertx;
        var named = new LinkedHashMap<String, HttpSource>();
        settings.forEach((name, source) -> named.put(name, new HttpSource(name, source, vertx, resolver)));
        this.sources = Collections.unmodifiableMap(named);
        this.words = HttpOptions.of(sources);
    }

    private static Connector open(List<SourceConfig> sources, SourceKind.Context context) {
        var settings = new LinkedHashMap<String, HttpSettings>();
        sources.forEach(source -> settings.put(source.name(), HttpSettings.read(context.fields(source))));
        return new HttpConnector(context.vertx(), settings);
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

    /**
     * {@inheritDoc}
     *
     * <p>The health path must respond with 2xx; without a health path a connection must open. A source without a base address, or behind a
     * proxy and without a health path, counts as ready.
     */
    @Override
    public Future<@Nullable Void> ready(Scope scope, String name) {
        HttpSettings settings = source(name).settings();
        // The message contains nothing from a caller, so secrets can be masked by searching it.
        return asked(scope, name, settings)
                .recover(failure -> Future.failedFuture(
                        failure instanceof MusterException error
                                ? new MusterException(
                                        error.type(), settings.secrets().hide(error.detail()), error.more(), error)
                                : failure));
    }

    private Future<@Nullable Void> asked(Scope scope, String source, HttpSettings settings) {
        if (settings.health().isPresent()) {
            return get(scope, source, settings.health().get());
        }
        return settings.base().isPresent() && settings.proxy().isEmpty()
                ? connect(scope, settings.base().get(), settings)
                : Future.succeededFuture();
    }

    private Future<@Nullable Void> get(Scope scope, String source, String path) {
        UriTemplate template;
        try {
            template = UriTemplates.parse(path);
        } catch (UriTemplates.Malformed e) {
            throw new MusterException(ErrorType.UNAVAILABLE, "the health path is not valid: " + e.getMessage(), e);
        }
        Map<String, Object> values = Map.of("get", template, "expect", List.of("2xx"), "as", "response");
        var call = new VerbCall(words, Position.start("health"), source, values, Map.of());
        return prepare(call)
                .run(scope, new Arguments(Map.of(), "", "check", source))
                .mapEmpty();
    }

    private Future<@Nullable Void> connect(Scope scope, BaseAddress base, HttpSettings settings) {
        NetClient client = vertx.createNetClient(new NetClientOptions().setConnectTimeout((int)
                Math.min(Integer.MAX_VALUE, settings.connectTimeout().toMillis())));
        scope.cleanUp("close the connection", closing -> client.close());
        String authority = base.authority();
        int colon = authority.lastIndexOf(':');
        var address = SocketAddress.inetSocketAddress(
                Integer.parseInt(authority.substring(colon + 1)),
                authority.substring(0, colon).replaceAll("[\\[\\]]", ""));
        return scope.await("a connection", client.connect(address))
                .<@Nullable Void>mapEmpty()
                .recover(failure -> Future.failedFuture(
                        scope.isCancelled() || failure instanceof MusterException
                                ? failure
                                : new MusterException(
                                        ErrorType.UNAVAILABLE,
                                        "cannot connect to " + base.shownAuthority() + ": " + failure.getMessage(),
                                        failure)));
    }

    private HttpSource source(String name) {
        HttpSource source = sources.get(name);
        if (source == null) {
            throw new IllegalArgumentException("there is no http source " + name);
        }
        return source;
    }

    @Override
    public Map<String, Statistics> statistics() {
        var statistics = new LinkedHashMap<String, Statistics>();
        sources.forEach((name, source) -> statistics.put(name, source.statistics()));
        return statistics;
    }

    @Override
    public Future<Void> close() {
        return Futures.whenAllEnd(sources.values().stream().map(HttpSource::close));
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
