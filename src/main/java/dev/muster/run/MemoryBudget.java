package dev.muster.run;

import dev.muster.config.Sizes;
import dev.muster.json.JsonMeter;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory budget of a node for its requests and runs: a request or run that finds none left is rejected before the
 * heap is full.
 *
 * <p>Memory is counted, not measured: each {@link Share} reports what it will hold, with estimates on the high side. Safe
 * on any thread.
 */
public final class MemoryBudget {

    /** The name of the setting, for messages. */
    private static final String SETTING = "server.limits.memory";

    /** The hint to try again after 1 second, when other holders may have finished. */
    private static final Map<String, Object> LATER = Map.of("retryAfter", 1L);

    private final long mostBytes;
    private final AtomicLong lent = new AtomicLong();
    private final AtomicInteger shares = new AtomicInteger();

    /**
     * Creates a budget.
     *
     * @param mostBytes the limit in bytes
     */
    public MemoryBudget(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** Creates a budget without a limit. */
    public static MemoryBudget unbounded() {
        return new MemoryBudget(Long.MAX_VALUE);
    }

    /** Creates an empty share with one holder. */
    public Share share() {
        return new Share();
    }

    /** The bytes in use and the number of shares that hold some. */
    public Statistics statistics() {
        return new Statistics(lent.get(), mostBytes, shares.get());
    }

    /**
     * The state of the budget at one moment.
     *
     * @param lentBytes the bytes in use
     * @param mostBytes the limit
     * @param shares the number of shares that hold memory
     */
    public record Statistics(long lentBytes, long mostBytes, int shares) {}

    /**
     * The memory held by one request or run. A share has one or more holders; all its memory is returned when the last
     * one releases it. Safe on any thread. Cheap, because it borrows from the budget in pieces that grow with it.
     */
    public final class Share implements JsonMeter {

        private static final long FIRST_PIECE = 4 << 10;

        private int holders = 1;
        private long usedBytes;
        private long lentBytes;

        private Share() {}

        /**
         * Adds bytes.
         *
         * @param bytes the number of bytes
         * @throws MusterException of type {@code cancelled} if the share has no holder left; of type {@code limit} if the
         *     budget is exhausted, with {@code retryAfter} if other shares hold the memory that is missing
         */
        @Override
        public synchronized void takes(long bytes) {
            if (holders == 0) {
                throw new MusterException(ErrorType.CANCELLED, "the request or run that needs this memory has ended");
            }
            if (!borrow(bytes)) {
                throw usedBytes + bytes > mostBytes ? tooLarge() : full();
            }
        }

        /**
         * Adds bytes if the budget has them; returns false if not. Without a holder it adds them and charges nothing: the
         * log of a run outlives the holders.
         */
        public synchronized boolean tryTake(long bytes) {
            return borrow(bytes);
        }

        /** Adds bytes even beyond the limit, for memory that is already in use. */
        public synchronized void counts(long bytes) {
            usedBytes += bytes;
            long missing = usedBytes - lentBytes;
            if (missing > 0 && holders > 0) {
                lent.addAndGet(missing);
                lends(missing);
            }
        }

        /** Subtracts bytes. The borrowed memory stays with this share unless the unused part is large. */
        public synchronized void gives(long bytes) {
            usedBytes -= bytes;
            long spare = lentBytes - usedBytes;
            if (holders > 0 && spare > FIRST_PIECE && spare > lentBytes / 2) {
                giveBack(spare - FIRST_PIECE);
            }
        }

        /** Adds a holder. */
        public synchronized Share held() {
            holders++;
            return this;
        }

        /** Removes a holder. After the last one all memory goes back to the budget, and bytes added later are not charged to it. */
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
                        + " of memory, the limit for all of them (" + SETTING + "); try again later",
                LATER,
                null);
    }

    private MusterException tooLarge() {
        return new MusterException(
                ErrorType.LIMIT,
                "it needs more than " + Sizes.format(mostBytes)
                        + " of memory, the limit for all requests and runs of this node (" + SETTING + ")");
    }
}
