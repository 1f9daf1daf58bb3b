package dev.muster.connect.http;

import dev.muster.connect.ConnectionLimiter;
import dev.muster.connect.TraceContext;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a step: a permit of the connection limiter, the request, its redirects and the resulting value. Runs on the
 * loop of its scope.
 */
final class HttpCall {

    private static final Future<?> NO_WORK = Future.succeededFuture();

    /** A larger body is parsed on a worker thread, because parsing would block the loop for some milliseconds. */
    private static final int PARSED_ON_THE_LOOP_BYTES = 256 << 10;

    private final Scope scope;
    private final HttpSource source;
    private final Expect expect;
    private final String as;
    private final @Nullable TraceContext trace;
    private @Nullable Exchange exchange;
    private @Nullable ChainCookies cookies;
    private Future<?> work = NO_WORK;

    HttpCall(Scope scope, HttpSource source, Expect expect, String as, @Nullable TraceContext trace) {
        this.scope = scope;
        this.source = source;
        this.expect = expect;
        this.as = as;
        this.trace = trace;
    }

    Future<@Nullable Object> run(RequestPlan.Draft draft) {
        return source.slots()
                .acquire(scope)
                .compose(slot -> Future.succeededFuture(draft)
                        .compose(this::request)
                        .compose(request -> hop(request, 0))
                        .compose(this::value)
                        .eventually(() -> release(slot)));
    }

    private Future<HttpRequest> request(RequestPlan.Draft draft) {
        return draft.large() == null
                ? Future.succeededFuture(draft.request())
                : offLoop("a worker that writes", draft::written);
    }

    /**
     * Runs work on a worker thread. A cancel does not wait for the work, but the permit does, so that there is never more such
     * work than permits.
     */
    private <T extends @Nullable Object> Future<T> offLoop(String on, Callable<T> task) {
        Future<T> begun = source.vertx().executeBlocking(task, false);
        work = begun;
        return scope.await(on, begun);
    }

    private Future<Answer> hop(HttpRequest request, int redirects) {
        EgressGuard guard = source.guard();
        return guard == null
                ? exchange(request, redirects)
                : admitted(guard, request).compose(checked -> exchange(checked, redirects));
    }

    /**
     * Checks a hop and resolves its name. Nothing is kept from earlier hops. The permit is held until the look-up ends, as for
     * work off the loop.
     */
    private Future<HttpRequest> admitted(EgressGuard guard, HttpRequest request) {
        HttpRequest ready = guard.atOnce(request);
        if (ready != null) {
            return Future.succeededFuture(ready);
        }
        Future<List<InetAddress>> found = guard.lookUp(request);
        work = found;
        return guard.checked(scope, request, found);
    }

    private Future<Answer> exchange(HttpRequest request, int redirects) {
        var next = new Exchange(scope, source, request, expect, trace, redirects > 0);
        exchange = next;
        return next.run().compose(answer -> {
            if (expect.accepts(answer.status())) {
                return Future.succeededFuture(answer);
            }
            Optional<HttpRequest> further = further(answer, redirects);
            return further.isPresent()
                    ? hop(further.get(), redirects + 1)
                    : Future.failedFuture(
                            UnexpectedStatus.of(answer, expect, scope.loop().wallTime()));
        });
    }

    /**
     * Releases the permit once the request and work off the loop have ended. Both can outlive the call: a request that is
     * cancelled while it connects, and work that a cancel does not stop.
     */
    private Future<Void> release(ConnectionLimiter.Slot slot) {
        work.onComplete(worked -> {
            if (exchange == null) {
                slot.release();
            } else {
                exchange.whenOver(slot::release);
            }
        });
        return Future.succeededFuture();
    }

    private Future<@Nullable Object> value(Answer answer) {
        return answer.body().length <= PARSED_ON_THE_LOOP_BYTES
                ? Future.succeededFuture(answer.value(as))
                : offLoop("a worker that parses", () -> answer.value(as));
    }

    private Optional<HttpRequest> further(Answer answer, int redirects) {
        HttpRequest request = answer.request();
        String location = answer.headers().get(HttpHeaders.LOCATION);
        if (source.settings().redirects() == 0 || location == null || !Redirect.isOne(answer.status())) {
            return Optional.empty();
        }
        Address to = request.address()
                .resolve(location)
                .orElseThrow(() -> answer.bad("the answer redirects to an invalid address", null));
        if (!source.covers(request.address(), to)) {
            String why = source.settings().base().isPresent()
                    ? ", which is not below " + source.settings().base().get()
                    : ", which is without TLS";
            throw answer.bad("the answer redirects to " + request.quoted(to.toString(), 200) + why, null);
        }
        if (redirects == source.settings().redirects()) {
            String bound = source.settings().redirects() + " redirects (redirects of source " + source.name() + ")";
            throw answer.bad("the answer redirects again after " + bound, null);
        }
        List<String> set = answer.headers().getAll(HttpHeaders.SET_COOKIE);
        if (cookies == null && !set.isEmpty()) {
            cookies = new ChainCookies(request);
        }
        if (cookies != null) {
            cookies.set(request.address(), set, scope.loop().wallTime());
        }
        return Optional.of(Redirect.follow(request, answer.status(), to, cookies));
    }
}
