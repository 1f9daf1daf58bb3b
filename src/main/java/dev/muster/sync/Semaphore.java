package dev.muster.sync;
import dev.muster.task.*;
import io.vertx.core.Future;
import java.util.ArrayDeque;
/** Stub. */
public final class Semaphore {
    private int permits; private final ArrayDeque<Waiter<Void>> line = new ArrayDeque<>();
    /** Stub. */
    public Semaphore(int permits) { this.permits = permits; }
    /** Stub. */
    public <T> Future<T> with(Scope scope, Body<T> body) {
        Future<Void> got = permits > 0 ? Future.succeededFuture() : scope.suspend("turn", w -> { line.add(w); return r -> line.remove(w); });
        if (permits > 0) permits--;
        return got.compose(v -> { try { return body.run(scope); } catch (Exception e) { return Future.failedFuture(e); } }).eventually(() -> { var n = line.poll(); if (n != null) n.resume(null); else permits++; return Future.succeededFuture(); });
    }
}
