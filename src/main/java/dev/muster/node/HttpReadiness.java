package dev.muster.node;

import dev.muster.config.Position;
import dev.muster.connect.Arguments;
import dev.muster.connect.http.BaseAddress;
import dev.muster.connect.http.HttpConnector;
import dev.muster.connect.http.HttpSettings;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.UriTemplate;
import dev.muster.plan.UriTemplates;
import dev.muster.plan.VerbCall;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.SocketAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The readiness check of {@code http} sources: the health path must respond with 2xx; without a health path a
 * connection must open. A source without a base address, or behind a proxy and without a health path, counts as ready.
 */
final class HttpReadiness {

    private HttpReadiness() {}

    static Future<@Nullable Void> ask(
            Scope scope, Vertx vertx, String source, HttpSettings settings, HttpConnector http) {
        // The message contains nothing from a caller, so secrets can be masked by searching it.
        return asked(scope, vertx, source, settings, http)
                .recover(failure -> Future.failedFuture(
                        failure instanceof MusterException error
                                ? new MusterException(
                                        error.type(), settings.secrets().hide(error.detail()), error.more(), error)
                                : failure));
    }

    private static Future<@Nullable Void> asked(
            Scope scope, Vertx vertx, String source, HttpSettings settings, HttpConnector http) {
        if (settings.health().isPresent()) {
            return get(scope, source, settings.health().get(), http);
        }
        return settings.base().isPresent() && settings.proxy().isEmpty()
                ? connect(scope, vertx, settings.base().get(), settings)
                : Future.succeededFuture();
    }

    private static Future<@Nullable Void> get(Scope scope, String source, String path, HttpConnector http) {
        UriTemplate template;
        try {
            template = UriTemplates.parse(path);
        } catch (UriTemplates.Malformed e) {
            throw new MusterException(ErrorType.UNAVAILABLE, "the health path is not valid: " + e.getMessage(), e);
        }
        Map<String, Object> words = Map.of("get", template, "expect", List.of("2xx"), "as", "response");
        var call = new VerbCall(http.words(), Position.start("health"), source, words, Map.of());
        return http.prepare(call)
                .run(scope, new Arguments(Map.of(), "", "check", source))
                .mapEmpty();
    }

    private static Future<@Nullable Void> connect(Scope scope, Vertx vertx, BaseAddress base, HttpSettings settings) {
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
}
