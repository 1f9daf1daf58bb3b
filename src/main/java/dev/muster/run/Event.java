package dev.muster.run;

import dev.muster.connect.Receipt;
import dev.muster.loop.Nanos;
import dev.muster.plan.MusterException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a run tells as it goes on, in the order in which it happens; {@link #toValue} is its shape for the world. */
public sealed interface Event {

    /** The word of its kind: {@code start}, {@code step}, {@code item} or {@code end}. */
    String word();

    /** The event as a JSON object. */
    Map<String, @Nullable Object> toValue();

    /** The run has begun. */
    record Start(String run, String plan) implements Event {
        @Override
        public String word() {
            return "start";
        }

        @Override
        public Map<String, @Nullable Object> toValue() {
            var value = named(this);
            value.put("run", run);
            value.put("plan", plan);
            return value;
        }
    }

    /**
     * A step has ended.
     *
     * @param path where it stands: {@code stock.east}, {@code sellers[3]}
     * @param state how it ended
     * @param nanos how long it took
     * @param hasValue whether the event carries its result
     * @param value that result
     * @param error why, unless it is done or skipped
     * @param attempts those before the last one, or null if there were none
     * @param cancel what became of its cancel, if it was stopped
     */
    record StepEnd(
            String path,
            EndState state,
            long nanos,
            boolean hasValue,
            @Nullable Object value,
            @Nullable MusterException error,
            @Nullable Attempts attempts,
            @Nullable Receipt cancel)
            implements Event {

        /** Of a step that was tried once and not stopped. */
        public StepEnd(
                String path,
                EndState state,
                long nanos,
                boolean hasValue,
                @Nullable Object value,
                @Nullable MusterException error) {
            this(path, state, nanos, hasValue, value, error, null, null);
        }

        @Override
        public String word() {
            return "step";
        }

        @Override
        public Map<String, @Nullable Object> toValue() {
            var map = named(this);
            map.put("path", path);
            map.put("state", state.word());
            map.put("ms", Nanos.toMillis(nanos));
            if (hasValue) {
                map.put("value", value);
            }
            if (error != null) {
                map.put("error", error.toValue());
            }
            if (cancel != null) {
                map.put("cancel", cancel.toValue());
            }
            Attempts.add(attempts, map);
            return map;
        }
    }

    /** An item of a step whose result flows. */
    record Item(String path, @Nullable Object item) implements Event {
        @Override
        public String word() {
            return "item";
        }

        @Override
        public Map<String, @Nullable Object> toValue() {
            var map = named(this);
            map.put("path", path);
            map.put("value", item);
            return map;
        }
    }

    /**
     * The run has ended; nothing comes after this.
     *
     * @param state how
     * @param nanos how long it took
     * @param output what it gives, if it is done
     * @param failure why it is not, with the step
     * @param cancel what became of its cancel, if it was stopped
     */
    record End(
            EndState state,
            long nanos,
            @Nullable Object output,
            @Nullable RunFailure failure,
            @Nullable Receipt cancel) implements Event {
        @Override
        public String word() {
            return "end";
        }

        @Override
        public Map<String, @Nullable Object> toValue() {
            var map = named(this);
            map.put("state", state.word());
            map.put("ms", Nanos.toMillis(nanos));
            if (failure == null) {
                map.put("output", output);
            } else {
                map.put("error", failure.toValue());
            }
            if (cancel != null) {
                map.put("cancel", cancel.toValue());
            }
            return map;
        }
    }

    private static Map<String, @Nullable Object> named(Event event) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        map.put("event", event.word());
        return map;
    }
}
