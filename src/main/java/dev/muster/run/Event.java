package dev.muster.run;

import dev.muster.connect.Receipt;
import dev.muster.loop.Nanos;
import dev.muster.plan.MusterException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An event of a run; events come in the order in which they happen. {@link #toValue} is the public JSON form. */
public sealed interface Event {

    /** The kind of the event: {@code start}, {@code step}, {@code item} or {@code end}. */
    String word();

    /** The event as a JSON object. The values of results are shared, not copied. */
    Map<String, @Nullable Object> toValue();

    /**
     * The run has begun.
     *
     * @param run the id of the run
     * @param plan the name of the plan
     */
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
     * @param path the path of the step: {@code stock.east}, {@code sellers[3]}
     * @param state the final state
     * @param nanos the duration in nanoseconds
     * @param hasValue whether the event carries the result
     * @param value the result
     * @param error the error; null if the step is done or skipped
     * @param attempts the attempts, or null if there was only one
     * @param cancel the receipt of the cancel, or null if the step was not stopped
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

    /**
     * An item of a streamed step.
     *
     * @param path the path of the step
     * @param item the value
     */
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
     * The run has ended; the last event.
     *
     * @param state the final state
     * @param nanos the duration in nanoseconds
     * @param output the output, if the run is done
     * @param failure the failure with its step, or null if the run is done
     * @param cancel the receipt of the cancel, or null if the run was not stopped
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
