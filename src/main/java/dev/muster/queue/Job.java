package dev.muster.queue;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A leased job: what a taker gets.
 *
 * @param id decimal digits
 * @param body JSON text
 * @param attempt which try this is, from 1
 * @param lease what proves that the job is the holder's; opaque, not to be guessed, and another one for each try
 * @param expires when the lease runs out, by the store's clock
 * @param key the key it was put with
 * @param priority the priority it was put with
 * @param checkpoint JSON text that an earlier try, or this one, left
 * @param fence the lease's fencing token: a number, higher than that of every earlier lease of the job; it proves nothing and may
 *     be told to anybody
 */
public record Job(
        String id,
        String body,
        int attempt,
        String lease,
        Instant expires,
        @Nullable String key,
        int priority,
        @Nullable String checkpoint,
        long fence) {}
