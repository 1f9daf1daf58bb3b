package dev.muster.cluster;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The cluster view of a node that has not joined a cluster. */
final class SingleNode implements Cluster {

    @Override
    public boolean isClustered() {
        return false;
    }

    @Override
    public int nodes() {
        return 1;
    }

    @Override
    public Future<List<Place>> places(String address) {
        return Future.succeededFuture(List.of());
    }

    @Override
    public Question ask(
            Place place, String address, @Nullable Object value, Map<String, String> headers, Duration patience) {
        throw new IllegalStateException("this node is not in a cluster");
    }

    @Override
    public void answer(String beginning, Answerer answerer) {}
}
