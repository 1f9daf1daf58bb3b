package dev.muster.run;

import dev.muster.plan.MusterException;
import dev.muster.task.State;
import dev.muster.task.Task;
import java.util.Collections;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Outcomes in their plan-language form: {@code {ok: value}} or {@code {error: {type, detail}}}. */
final class Outcomes {

    private Outcomes() {}

    static Map<String, @Nullable Object> of(@Nullable Task<@Nullable Object> task) {
        if (task == null) {
            return ok(null);
        }
        return task.state() == State.FINISHED ? ok(task.result()) : of(RunErrors.error(task.failure()));
    }

    static Map<String, @Nullable Object> ok(@Nullable Object value) {
        return Collections.singletonMap("ok", value);
    }

    static Map<String, @Nullable Object> of(MusterException error) {
        return Collections.singletonMap("error", error.toValue());
    }
}
