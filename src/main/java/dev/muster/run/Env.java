package dev.muster.run;

import dev.muster.expr.Expression.Bindings;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The variables visible to a step: its own frame, then the enclosing frames. On one loop. */
final class Env implements Bindings {

    private final @Nullable Env outer;
    private final Map<String, @Nullable Object> values = new HashMap<>();

    private Env(@Nullable Env outer) {
        this.outer = outer;
    }

    static Env of(Map<String, ? extends @Nullable Object> values) {
        var env = new Env(null);
        env.values.putAll(values);
        return env;
    }

    Env inner() {
        return new Env(this);
    }

    void put(String name, @Nullable Object value) {
        values.put(name, value);
    }

    @Override
    public @Nullable Object get(String name) {
        for (Env env = this; env != null; env = env.outer) {
            Object value = env.values.get(name);
            if (value != null || env.values.containsKey(name)) {
                return value;
            }
        }
        return null;
    }

    /** A copy of the named variables, safe to read on another thread. */
    Bindings snapshot(Set<String> names) {
        var copy = new HashMap<String, @Nullable Object>();
        names.forEach(name -> copy.put(name, get(name)));
        return copy::get;
    }
}
