package dev.muster.web;

import dev.muster.dispatch.TakenRun;
import dev.muster.run.Event;
import dev.muster.run.RunFailure;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Answers with the output of a run, once it has ended. On the run's loop. */
final class OutputAnswer implements RunAnswer {

    private static final int MOST_NAMED = 20;

    private final Incoming incoming;
    private @Nullable TakenRun run;

    OutputAnswer(Incoming incoming) {
        this.incoming = incoming;
    }

    @Override
    public void taken(TakenRun taken) {
        run = taken;
        incoming.isRun(taken.id());
    }

    @Override
    public void event(Event event) {
        if (event instanceof Event.End end) {
            end(end, Objects.requireNonNull(run).partial());
        }
    }

    private void end(Event.End end, List<String> partial) {
        RunFailure failure = end.failure();
        if (failure != null) {
            incoming.problem(
                    ProblemDetails.of(failure, Objects.requireNonNull(run).id()));
            return;
        }
        if (!partial.isEmpty()) {
            var named = partial.subList(0, Math.min(partial.size(), MOST_NAMED));
            incoming.response().putHeader(HeaderNames.PARTIAL, String.join(",", named));
        }
        incoming.json(200, end.output());
    }
}
