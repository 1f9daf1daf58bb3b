package dev.muster.connect.cpu;

import dev.muster.connect.StopSignal;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The functions that Muster ships: CPU-bound, without side effects, callable from ad-hoc plans. */
final class Shipped {

    /** The computation of a shipped function. */
    @FunctionalInterface
    interface Body {
        @Nullable
        Object apply(@Nullable Object with, StopSignal stop) throws Exception;
    }

    private record Pure(String name, String about, Body body) implements MusterFunction {
        @Override
        public boolean adhoc() {
            return true;
        }

        @Override
        public @Nullable Object apply(@Nullable Object with, StopSignal stop) throws Exception {
            return body.apply(with, stop);
        }
    }

    private Shipped() {}

    static List<MusterFunction> functions() {
        return Stream.of(
                        TextFunctions.all(),
                        DigestFunctions.all(),
                        GzipFunctions.all(),
                        List.of(SumOfSquares.function()))
                .flatMap(List::stream)
                .toList();
    }

    static MusterFunction pure(String name, String about, Body body) {
        return new Pure(name, about, body);
    }
}
