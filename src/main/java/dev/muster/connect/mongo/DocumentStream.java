package dev.muster.connect.mongo;

import dev.muster.task.Items;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * The document stream of a cursor. The next batch is fetched when the present one is used up, and a permit of the connection
 * limiter is held only during a fetch. A batch is about a megabyte, estimated from the documents read so far.
 */
final class DocumentStream implements Items<Object> {
    private static final int FIRST = 16;
    private static final long BATCH_BYTES = 1 << 20;

    private final MongoSource source;
    private final Scope scope;
    private final DriverCall call;
    private final int maxBatch;
    private DriverCall.Batch batch = DriverCall.Batch.NONE;
    private int taken;
    private long count;
    private long bytes;

    /**
     * Creates a stream that has sent nothing yet.
     *
     * @param maxBatch maximum number of documents of a batch
     */
    DocumentStream(MongoSource source, Scope scope, DriverCall call, int maxBatch) {
        this.source = source;
        this.scope = scope;
        this.call = call;
        this.maxBatch = maxBatch;
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
        return Math.max(1, Math.min(fitting, maxBatch));
    }
}
