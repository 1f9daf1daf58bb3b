package dev.muster.connect.cpu;

import dev.muster.connect.StopSignal;
import java.math.BigInteger;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The function {@code sum-of-squares}: an exact sum over 0 to n - 1, computed one by one; a CPU-bound load for experiments. */
final class SumOfSquares {
    private static final long POLL_MASK = 0xFFFF;

    private SumOfSquares() {}

    static MusterFunction function() {
        return Shipped.pure(
                "sum-of-squares",
                "The sum of i * i for i from 0 to n - 1, computed one by one; takes n or {n: …}.",
                SumOfSquares::sum);
    }

    private static Object sum(@Nullable Object with, StopSignal stop) throws InterruptedException {
        long n = count(with);
        long high = 0;
        long low = 0;
        for (long i = 0; i < n; i++) {
            if ((i & POLL_MASK) == 0) {
                stop.throwIfStopped();
            }
            long square = i * i;
            low += square;
            high += Math.multiplyHigh(i, i) + (Long.compareUnsigned(low, square) < 0 ? 1 : 0);
        }
        return BigInteger.valueOf(high).shiftLeft(Long.SIZE).add(new BigInteger(Long.toUnsignedString(low)));
    }

    private static long count(@Nullable Object with) {
        Object n = with instanceof Map<?, ?> map && map.size() == 1 ? map.get("n") : with;
        if (n instanceof Long count && count >= 0) {
            return count;
        }
        throw new IllegalArgumentException("with: must be a whole number of at least 0, or {n: …}");
    }
}
