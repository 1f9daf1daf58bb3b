package dev.muster.queue;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job as anybody may see it: no lease.
 *
 * @param id decimal digits
 * @param state where it is in its life
 * @param body JSON text
 * @param attempt how often it was taken, give-backs not counted
 * @param key the key it was put with
 * @param unique the unique word it was put with
 * @param priority the priority it was put with
 * @param created when it was put
 * @param due when it becomes ready, if it is scheduled
 * @param expires when its lease runs out, if it is leased
 * @param cancelAsked whether it is leased and to be cancelled
 * @param error JSON text of the last failure
 * @param output JSON text that it was acknowledged with
 * @param checkpoint JSON text that a try left
 */
public record JobView(
        String id,
        JobState state,
        String body,
        int attempt,
        @Nullable String key,
        @Nullable String unique,
        int priority,
        Instant created,
        @Nullable Instant due,
        @Nullable Instant expires,
        boolean cancelAsked,
        @Nullable String error,
        @Nullable String output,
        @Nullable String checkpoint) {}
