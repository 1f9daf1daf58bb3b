package dev.muster.web;

import dev.muster.run.Event;
import dev.muster.run.RunFailure;
import dev.muster.service.ManagedRun;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Responds with the output of a run once it has ended. Runs on the run's loop. */
final class OutputAnswer implements RunAnswer {

    private final RequestContext incoming;
    private @Nullable ManagedRun run;

    OutputAnswer(RequestContext incoming) {
        this.incoming = incoming;
    }

    @Override
    public void taken(ManagedRun taken) {
        run = taken;
        incoming.isRun(taken.id());
    }

    @Override
    public void event(Event event) {
        if (event instanceof Event.End end) {
            end(end, Objects.requireNonNull(run));
        }
    }

    private void end(Event.End end, ManagedRun taken) {
        RunFailure failure = end.failure();
        if (failure != null) {
            incoming.problem(ProblemDetails.of(failure, taken.id()));
            return;
        }
        String partial = taken.partial();
        if (!partial.isEmpty()) {
            incoming.response().putHeader(HeaderNames.PARTIAL, partial);
        }
        incoming.json(200, end.output());
    }
}
