package dev.muster.queue;

import dev.muster.queue.JobStore.CancelVerdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A store as simple as can be: a list that is searched. Pauses are the longest, time is in seconds. */
final class StoreModel {
    final List<Item> jobs = new ArrayList<>();
    long now;
    boolean paused;
    boolean closed;
    private final QueueSettings settings;
    private final Map<String, Double> fullAt = new HashMap<>();
    private final List<Item> dead = new ArrayList<>();
    private final Map<String, Settled> ended = new HashMap<>();
    private int leases;

    static final class Item {
        final int number;
        final NewJob put;
        JobState state = JobState.READY;
        long ready;
        int attempt;
        int lease;
        long expires;
        boolean cancelAsked;
        boolean dropped;

        Item(int number, NewJob put) {
            this.number = number;
            this.put = put;
        }

        String id() {
            return Integer.toString(number);
        }

        @Override
        public String toString() {
            return number + " " + state + " " + attempt + (cancelAsked ? " cancelAsked" : "");
        }
    }

    StoreModel(QueueSettings settings) {
        this.settings = settings;
    }

    void become(Item job, JobState next) {
        if (!job.state.mayBecome(next)) {
            throw new AssertionError(job + " may not become " + next);
        }
        job.state = next;
    }

    void advance(long seconds) {
        long end = now + seconds;
        for (long next = next(); next <= end; next = next()) {
            now = Math.max(now, next);
            happen();
        }
        now = end;
    }

    private long next() {
        return jobs.stream()
                .mapToLong(job -> job.state == JobState.LEASED
                        ? job.expires
                        : job.state == JobState.SCHEDULED ? job.ready : Long.MAX_VALUE)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private void happen() {
        jobs.stream()
                .filter(job -> job.state == JobState.LEASED && job.expires <= now)
                .sorted(Comparator.<Item>comparingLong(job -> job.expires).thenComparing(job -> job.number))
                .toList()
                .forEach(job -> retry(job, null, false));
        jobs.stream()
                .filter(job -> job.state == JobState.SCHEDULED && job.ready <= now)
                .forEach(job -> become(job, JobState.READY));
    }

    List<String> put(List<NewJob> batch) {
        List<String> results = new ArrayList<>();
        boolean isFull = false;
        for (NewJob put : batch) {
            Item existing = put.unique() == null ? null : unfinished(put.unique());
            if (closed) {
                results.add("CLOSED");
            } else if (existing != null) {
                results.add("EXISTING " + existing.number);
            } else if (isFull || count(JobState.SCHEDULED) + count(JobState.READY) >= settings.size()) {
                isFull = true;
                results.add("FULL");
            } else {
                var job = new Item(jobs.size() + 1, put);
                job.ready = now + put.delay().toSeconds();
                job.state = put.delay().isZero() ? JobState.READY : JobState.SCHEDULED;
                jobs.add(job);
                results.add("ACCEPTED " + job.number);
            }
        }
        return results;
    }

    private @Nullable Item unfinished(String unique) {
        return jobs.stream()
                .filter(job -> job.state.isUnfinished() && unique.equals(job.put.unique()))
                .findFirst()
                .orElse(null);
    }

    long count(JobState state) {
        return jobs.stream().filter(job -> job.state == state && !job.dropped).count();
    }

    List<Item> take(int max) {
        List<Item> taken = new ArrayList<>();
        for (Item job = best(); job != null && taken.size() < max; job = best()) {
            become(job, JobState.LEASED);
            job.attempt++;
            job.lease = ++leases;
            job.expires = now + settings.lease().toSeconds();
            taken.add(job);
            if (settings.keyRate() != null && job.put.key() != null) {
                fullAt.merge(job.put.key(), now + interval(), (before, fresh) -> Math.max(before, now) + interval());
            }
        }
        return taken;
    }

    private double interval() {
        return settings.keyRate().per().toSeconds()
                / (double) settings.keyRate().tokens();
    }

    private @Nullable Item best() {
        int direction = settings.order() == QueueSettings.Order.LIFO ? -1 : 1;
        return paused
                ? null
                : jobs.stream()
                        .filter(job -> job.state == JobState.READY && keyLets(job.put.key()))
                        .min(Comparator.<Item>comparingInt(job -> -job.put.priority())
                                .thenComparing(job -> direction * job.ready)
                                .thenComparing(job -> direction * job.number))
                        .orElse(null);
    }

    private boolean keyLets(@Nullable String key) {
        if (key == null) {
            return true;
        }
        long leased = jobs.stream()
                .filter(job -> job.state == JobState.LEASED && key.equals(job.put.key()))
                .count();
        boolean rateLets = settings.keyRate() == null
                || fullAt.getOrDefault(key, 0.0)
                        <= now + interval() * (settings.keyRate().tokens() - 1) + 1e-6;
        return rateLets
                && (settings.perKey().isEmpty() || leased < settings.perKey().getAsInt());
    }

    @Nullable
    Item held(String id, String lease) {
        return jobs.stream()
                .filter(job -> job.id().equals(id)
                        && job.state == JobState.LEASED
                        && lease.equals(Integer.toString(job.lease)))
                .findFirst()
                .orElse(null);
    }

    /** A lease was ended; whoever says the same again is answered the same. */
    void ended(Settle by, Settled settled) {
        ended.put(words(by), settled);
    }

    /** The answer to what is said of a lease that is not the job's. */
    Settled saidBefore(Settle again) {
        return ended.getOrDefault(words(again), Settled.STALE);
    }

    private static String words(Settle one) {
        boolean givesUp = one instanceof Settle.Fail fail && fail.giveUp();
        return one.id() + " " + one.lease() + " " + one.getClass().getSimpleName() + " " + givesUp;
    }

    void release(Item job) {
        if (job.cancelAsked) {
            become(job, JobState.CANCELLED);
        } else {
            become(job, JobState.READY);
            job.attempt--;
        }
    }

    void retry(Item job, @Nullable Long retryIn, boolean giveUp) {
        if (job.cancelAsked) {
            become(job, JobState.CANCELLED);
        } else if (giveUp || job.attempt > settings.retries()) {
            become(job, JobState.DEAD);
            dead.add(job);
            if (dead.size() > settings.size()) {
                dead.remove(0).dropped = true;
            }
        } else {
            become(job, JobState.SCHEDULED);
            job.ready = now
                    + (retryIn != null
                            ? retryIn
                            : settings.backoff().longestAfter(job.attempt).toSeconds());
        }
    }

    CancelVerdict cancel(String id) {
        Item job = jobs.stream().filter(one -> one.id().equals(id)).findFirst().orElse(null);
        if (job == null) {
            return CancelVerdict.MISSING;
        }
        switch (job.state) {
            case SCHEDULED, READY -> become(job, JobState.CANCELLED);
            case LEASED -> {
                job.cancelAsked = true;
                return CancelVerdict.ASKED;
            }
            default -> {
                return CancelVerdict.FINISHED;
            }
        }
        return CancelVerdict.CANCELLED;
    }

    int redrive(int max) {
        int count = 0;
        for (Item job : List.copyOf(dead)) {
            long room = settings.size() - count(JobState.SCHEDULED) - count(JobState.READY);
            if (count == max || room <= 0) {
                break;
            }
            if (job.put.unique() == null || unfinished(job.put.unique()) == null) {
                become(job, JobState.READY);
                job.ready = now;
                job.attempt = 0;
                dead.remove(job);
                count++;
            }
        }
        return count;
    }
}
