package dev.muster.connect;

import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The computed arguments of one call of a verb, with the run that it belongs to.
 *
 * @param values JSON values by word; only the words that the step gives
 * @param run the run's id
 * @param plan the plan's name
 * @param step the step's path in the run
 * @param session what the enclosing call holds for this one, such as a connection with an open transaction; null if there is none
 * @param steps the steps that are nested in this call; null if its verb takes none
 * @param trace the trace that the call's requests belong to; null if there is none
 */
public record Arguments(
        Map<String, @Nullable Object> values,
        String run,
        String plan,
        String step,
        @Nullable CallSession session,
        @Nullable InnerSteps steps,
        @Nullable TraceContext trace) {

    /**
     * What a call holds for the steps nested in it, for example a connection with an open transaction. The operations of these steps
     * receive it as {@link Arguments#session}.
     */
    public interface CallSession {}

    /** The steps that are nested in a call, ready for the call to run them. Runs on the loop of the call's scope. */
    @FunctionalInterface
    public interface InnerSteps {

        /**
         * Runs the steps once, one after another; the first failure ends the sequence.
         *
         * @param session passed to the operations of the steps
         * @return the result of the last step, once all started steps have ended
         */
        Future<@Nullable Object> run(Scope scope, CallSession session);
    }

    /** The arguments of a call without an enclosing call, nested steps or a trace. */
    public Arguments(Map<String, @Nullable Object> values, String run, String plan, String step) {
        this(values, run, plan, step, null, null, null);
    }

    /** Whether a word was given. */
    public boolean has(String word) {
        return values.containsKey(word);
    }

    /** The value of a word; null if the word was not given or its value is null. */
    public @Nullable Object get(String word) {
        return values.get(word);
    }

    /** The map given for a word of type VALUES; empty if the word was not given. */
    @SuppressWarnings("unchecked") // the parser accepts only maps here
    public Map<String, @Nullable Object> map(String word) {
        Object value = values.get(word);
        return value == null ? Map.of() : (Map<String, @Nullable Object>) value;
    }

    /** The list given for a word of type LIST; empty if the word was not given. */
    public List<@Nullable Object> list(String word) {
        return values.get(word) instanceof List<?> list ? Collections.unmodifiableList(list) : List.of();
    }
}
