package dev.muster.run;

import dev.muster.config.Sizes;
import dev.muster.json.JsonMeter;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that a node lends to its requests and runs: who finds no more of it is refused before the heap is full.
 *
 * <p>It is counted and not measured: each {@link Share} says what it will hold, by estimates that rather say too much. Safe on
 * every thread.
 */
public final class MemoryBudget {

    /** The setting, for messages. */
    private static final String SETTING = "server.limits.memory";

    /** By then somebody else may be done. */
    private static final Map<String, Object> LATER = Map.of("retryAfter", 1L);

    private final long mostBytes;
    private final AtomicLong lent = new AtomicLong();
    private final AtomicInteger shares = new AtomicInteger();

    /** One of so many bytes. */
    public MemoryBudget(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** One that lends without end. */
    public static MemoryBudget unbounded() {
        return new MemoryBudget(Long.MAX_VALUE);
    }

    /** A share that has nothing yet, and one holder. */
    public Share share() {
        return new Share();
    }

    /** How many bytes are lent, and to how many shares. */
    public Statistics statistics() {
        return new Statistics(lent.get(), mostBytes, shares.get());
    }

    /**
     * What is lent.
     *
     * @param lentBytes now
     * @param mostBytes the bound
     * @param shares how many have something
     */
    public record Statistics(long lentBytes, long mostBytes, int shares) {}

    /**
     * What one request or run holds. It has one or more holders, and all goes back when the last one has let go. Safe on every
     * thread; cheap, as it borrows in pieces that grow with it.
     */
    public final class Share implements JsonMeter {

        private static final long FIRST_PIECE = 4 << 10;

        private int holders = 1;
        private long usedBytes;
        private long lentBytes;

        private Share() {}

        /**
         * Holds so many bytes more.
         *
         * @throws MusterException of type {@code cancelled} if nobody holds it any more; of type {@code limit}, with {@code retryAfter} where others have the memory that it needs
         */
        @Override
        public synchronized void takes(long bytes) {
            if (holders == 0) {
                throw new MusterException(ErrorType.CANCELLED, "whoever this memory was for has gone");
            }
            if (!borrow(bytes)) {
                throw usedBytes + bytes > mostBytes ? tooLarge() : full();
            }
        }

        /** Holds so many bytes more if there are as many; false if not. */
        public synchronized boolean tryTake(long bytes) {
            return borrow(bytes);
        }

        /** Holds so many bytes more, whether there are as many or not: they are there already. */
        public synchronized void counts(long bytes) {
            usedBytes += bytes;
            long missing = usedBytes - lentBytes;
            if (missing > 0 && holders > 0) {
                lent.addAndGet(missing);
                lends(missing);
            }
        }

        /** Holds so many bytes less. What was borrowed for them stays with this share, unless it is a large part. */
        public synchronized void gives(long bytes) {
            usedBytes -= bytes;
            long spare = lentBytes - usedBytes;
            if (holders > 0 && spare > FIRST_PIECE && spare > lentBytes / 2) {
                giveBack(spare - FIRST_PIECE);
            }
        }

        /** One holder more. */
        public synchronized Share held() {
            holders++;
            return this;
        }

        /** One holder less; behind the last one, all is given back, and what is taken then is lent by nobody. */
        public synchronized void letGo() {
            holders--;
            if (holders == 0) {
                giveBack(lentBytes);
            }
        }

        private boolean borrow(long bytes) {
            long missing = usedBytes + bytes - lentBytes;
            if (missing > 0 && holders > 0) {
                long piece = Math.max(missing, Math.max(FIRST_PIECE, lentBytes / 4));
                if (!lend(piece)) {
                    if (!lend(missing)) {
                        return false;
                    }
                    piece = missing;
                }
                lends(piece);
            }
            usedBytes += bytes;
            return true;
        }

        private void lends(long bytes) {
            if (lentBytes == 0) {
                shares.incrementAndGet();
            }
            lentBytes += bytes;
        }

        private void giveBack(long bytes) {
            lent.addAndGet(-bytes);
            lentBytes -= bytes;
            if (lentBytes == 0 && bytes > 0) {
                shares.decrementAndGet();
            }
        }
    }

    private boolean lend(long bytes) {
        long now = lent.get();
        while (bytes <= mostBytes - now) {
            if (lent.compareAndSet(now, now + bytes)) {
                return true;
            }
            now = lent.get();
        }
        return false;
    }

    private MusterException full() {
        return new MusterException(
                ErrorType.LIMIT,
                "the requests and runs of this node hold " + Sizes.format(mostBytes)
                        + " of memory, which is all that they may (" + SETTING + "); ask again later",
                LATER,
                null);
    }

    private MusterException tooLarge() {
        return new MusterException(
                ErrorType.LIMIT,
                "it needs more than " + Sizes.format(mostBytes)
                        + " of memory, which is all that the requests and runs of this node may hold (" + SETTING
                        + ")");
    }
}
