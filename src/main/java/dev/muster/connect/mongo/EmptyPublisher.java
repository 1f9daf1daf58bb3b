package dev.muster.connect.mongo;

import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** The subscription of an empty publisher: completes at the first request, without an item. */
record EmptyPublisher(Subscriber<?> subscriber) implements Subscription {
    @Override
    public void request(long count) {
        subscriber.onComplete();
    }

    @Override
    public void cancel() {}
}
