package dev.muster.connect.file;

import dev.muster.connect.Receipts;
import dev.muster.connect.StopSignal;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Items;
import dev.muster.task.Scope;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream of the lines of a file. A worker fetches a batch when the previous one is used up; no thread is held in between. The
 * file is closed at its end, on an error, or by a clean-up of the scope.
 *
 * <p>A cancel of the scope ends a wait for a batch once the worker has closed the file.
 */
final class LineStream implements Items<Object> {
    private static final Logger LOG = LoggerFactory.getLogger(LineStream.class);

    private final FileOperation operation;
    private final FileOperation.Place place;
    private final Scope scope;
    private List<Object> batch = List.of();
    private int taken;

    /** Whether a cancel found a running worker, which then produces the receipt. Used on the loop only. */
    private boolean wasStopped;

    /** The stop signal of the last work. Workers write it before their result is delivered to the loop. */
    private @Nullable StopSignal last;

    /** Guarded by this object, because workers and the clean-up both close it. */
    private @Nullable LineReader reader;

    private boolean closed;
    private volatile boolean ended;

    LineStream(FileOperation operation, FileOperation.Place place, Scope scope) {
        this.operation = operation;
        this.place = place;
        this.scope = scope;
    }

    Future<Items<Object>> open() {
        if (scope.isCancelled()) {
            return scope.suspend(operation.what(place), waiter -> reason -> true);
        }
        scope.cleanUp("close " + place.shown(), this::closeLater);
        return operation
                .pool()
                .submit(scope, operation.receipts(), "open " + place.shown(), operation.guarded(place, stop -> {
                    last = stop;
                    keep(operation.lines(place));
                    return this;
                }))
                .onComplete(this::ended)
                .map(opened -> this);
    }

    @Override
    public Future<Optional<Object>> next() {
        if (taken < batch.size()) {
            return Future.succeededFuture(Optional.of(batch.get(taken++)));
        }
        if (ended) {
            return Future.succeededFuture(Optional.empty());
        }
        boolean begins = !scope.isCancelled();
        return operation
                .pool()
                .submit(scope, operation.receipts(), operation.what(place), operation.guarded(place, stop -> {
                    last = stop;
                    var fresh = new LineBatch();
                    fetch(fresh, stop);
                    return fresh;
                }))
                .onComplete(end -> {
                    if (begins) {
                        ended(end);
                    }
                })
                .compose(fresh -> {
                    batch = fresh == null ? List.of() : fresh.lines();
                    taken = 0;
                    return next();
                });
    }

    /** Records whether a cancel found the work running. Work that finished before it noticed the stop still succeeds. */
    private void ended(AsyncResult<?> end) {
        wasStopped = wasStopped || end.cause() instanceof CancelledException || (last != null && last.isStopped());
    }

    private void fetch(LineBatch fresh, StopSignal stop) throws IOException, InterruptedException {
        LineReader open = reader();
        boolean hasMore = false;
        try {
            hasMore = open != null && open.read(fresh, stop);
        } finally {
            if (!hasMore) {
                ended = true;
                close();
            }
        }
    }

    private synchronized @Nullable LineReader reader() {
        return reader;
    }

    /** Stores the reader. An abandoned opening can end after the clean-up; then the file is closed immediately. */
    private void keep(LineReader opened) throws IOException {
        synchronized (this) {
            if (!closed) {
                reader = opened;
                return;
            }
        }
        operation.close(opened);
    }

    private void close() throws IOException {
        LineReader open;
        synchronized (this) {
            closed = true;
            open = reader;
            reader = null;
        }
        if (open != null) {
            operation.close(open);
        }
    }

    private Future<Void> closeLater(Scope cleanUp) {
        if (closeUnlessOpen()) {
            return Future.succeededFuture();
        }
        CancelReason reason = wasStopped ? null : scope.cancelReason();
        Receipts.Open receipt = reason == null ? null : operation.receipts().begin(cleanUp, reason);
        return operation
                .pool()
                .submit(cleanUp, operation.receipts(), "close " + place.shown(), stop -> {
                    close();
                    return null;
                })
                .<Void>mapEmpty()
                .recover(failure -> {
                    // If the pool is full or closed, or closing failed, the file is closed here: releasing it matters
                    // more than the thread.
                    try {
                        close();
                    } catch (IOException e) {
                        LOG.warn("{}: closing failed", place.shown(), e);
                    }
                    return Future.succeededFuture();
                })
                .onComplete(over -> {
                    if (receipt != null) {
                        receipt.confirmed();
                    }
                });
    }

    private synchronized boolean closeUnlessOpen() {
        closed = closed || reader == null;
        return reader == null;
    }
}
