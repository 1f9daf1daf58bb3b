package dev.muster.connect.mongo;

import dev.muster.task.Items;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * The documents of a cursor, one after another: a batch is fetched when the last one is used up, and only then a place in
 * the pool is taken. A batch is as large as a megabyte or so lets it be, from what the documents before have measured.
 */
final class FlowingDocuments implements Items<Object> {
    private static final int FIRST = 16;
    private static final long BATCH_BYTES = 1 << 20;

    private final MongoSource source;
    private final Scope scope;
    private final DriverCall call;
    private final int most;
    private Batch batch = Batch.NONE;
    private int taken;
    private long count;
    private long bytes;

    /**
     * Nothing is sent yet.
     *
     * @param most documents of a batch at most
     */
    FlowingDocuments(MongoSource source, Scope scope, DriverCall call, int most) {
        this.source = source;
        this.scope = scope;
        this.call = call;
        this.most = most;
    }

    @Override
    public Future<Optional<Object>> next() {
        List<Object> items = batch.items();
        if (taken < items.size()) {
            return Future.succeededFuture(Optional.of(items.get(taken++)));
        }
        if (batch.last()) {
            return Future.succeededFuture(Optional.empty());
        }
        return source.slots()
                .acquire(scope)
                .compose(slot -> call.fetch(scope, fitting()).onComplete(ended -> slot.release()))
                .compose(fresh -> {
                    batch = fresh;
                    taken = 0;
                    count += fresh.items().size();
                    bytes += fresh.bytes();
                    return next();
                });
    }

    private long fitting() {
        long fitting = count == 0 ? FIRST : BATCH_BYTES * count / Math.max(1, bytes);
        return Math.max(1, Math.min(fitting, most));
    }
}
