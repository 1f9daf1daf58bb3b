package dev.muster.client;

import io.vertx.core.Future;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a worker is asked to do.
 *
 * @param input the step's {@code with}, a JSON value
 * @param headers of the message: {@code muster-run}, {@code muster-step}, {@code muster-call}
 * @param cancelled completes if nobody wants the answer any more
 */
public record WorkCall(@Nullable Object input, Map<String, String> headers, Future<Void> cancelled) {}
