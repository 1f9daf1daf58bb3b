package dev.muster.client;

import io.vertx.core.Future;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call to a worker.
 *
 * @param input the {@code with} of the step, a JSON value
 * @param headers headers of the message: {@code muster-run}, {@code muster-step}, {@code muster-call}
 * @param cancelled completes when the caller does not need the result any more
 */
public record WorkCall(@Nullable Object input, Map<String, String> headers, Future<Void> cancelled) {}
