package dev.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** The hints that a store gave. On the store's loop. */
public final class HeardHints implements JobStore.Listener {
    public int ready;
    public long room;
    public int idle;
    public final List<String> cancels = new ArrayList<>();

    @Override
    public void jobsReady() {
        ready++;
    }

    @Override
    public void room(long jobs) {
        assertThat(jobs).isPositive();
        room += jobs;
    }

    @Override
    public void cancelAsked(String id, long fence) {
        cancels.add(id + " " + fence);
    }

    @Override
    public void idle() {
        idle++;
    }
}
