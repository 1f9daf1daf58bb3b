package dev.muster.house.samples.queue.postgres;

import dev.muster.house.samples.connect.Sideways;

/** Forms a cycle with {@link Sideways}. */
public final class Store {
    /** Uses a lower layer, which is allowed; the cycle is not. */
    public String use(Sideways sideways) {
        return sideways.toString();
    }
}
