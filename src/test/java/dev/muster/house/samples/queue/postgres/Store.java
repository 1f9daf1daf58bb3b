package dev.muster.house.samples.queue.postgres;

import dev.muster.house.samples.connect.Sideways;

/** Makes a circle with {@link Sideways}. */
public final class Store {
    /** Looks down, which is allowed; the circle is not. */
    public String use(Sideways sideways) {
        return sideways.toString();
    }
}
