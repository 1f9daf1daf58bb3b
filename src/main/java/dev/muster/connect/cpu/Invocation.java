package dev.muster.connect.cpu;

import dev.muster.connect.StopSignal;
import dev.muster.connect.Values;
import dev.muster.json.JsonException;
import dev.muster.json.JsonTooLargeException;
import dev.muster.loop.OutOfMemory;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import org.jspecify.annotations.Nullable;

/** One call of a function on a thread of its pool. It returns a JSON value or throws an error of a documented type. */
final class Invocation {
    private Invocation() {}

    static @Nullable Object call(MusterFunction function, @Nullable Object with, StopSignal stop)
            throws InterruptedException {
        Object result;
        try {
            result = function.apply(with, stop);
        } catch (MusterException e) {
            throw e;
        } catch (JsonTooLargeException e) {
            throw tooLarge(function, e);
        } catch (Throwable e) {
            OutOfMemory.check(e);
            // Includes errors of the JVM: endless recursion in a function must not cost the thread.
            if (stop.isStopped() && e instanceof InterruptedException stopped) {
                throw stopped;
            }
            throw new MusterException(ErrorType.FUNCTION, function.name() + ": " + words(e), e);
        }
        try {
            return Values.copy(result, CpuConnector.MAX_RESULT_BYTES);
        } catch (Values.TooLargeException e) {
            throw tooLarge(function, e);
        } catch (RuntimeException e) {
            throw new MusterException(ErrorType.FUNCTION, function.name() + ": the result " + words(e), e);
        }
    }

    private static MusterException tooLarge(MusterFunction function, Throwable cause) {
        return new MusterException(
                ErrorType.LIMIT,
                function.name() + ": the result is larger than " + CpuConnector.MAX_RESULT_BYTES
                        + " bytes, the bound of a function's result",
                cause);
    }

    private static String words(Throwable e) {
        String message = e.getMessage();
        String name = e.getClass().getSimpleName();
        if (message == null) {
            return name;
        }
        return e instanceof IllegalArgumentException || e instanceof JsonException ? message : name + ": " + message;
    }
}
