package dev.muster.connect.mongo;

import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Ends at the first request, without an item: there was nothing to do. */
record Nothing(Subscriber<?> subscriber) implements Subscription {
    @Override
    public void request(long count) {
        subscriber.onComplete();
    }

    @Override
    public void cancel() {}
}
