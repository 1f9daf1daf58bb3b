package dev.muster.bus;

import dev.muster.run.Event;
import dev.muster.run.RunFailure;
import dev.muster.run.RunListener;
import dev.muster.service.ManagedRun;
import java.util.LinkedHashMap;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Replies with the output of a run once it has ended. Runs on the run's loop. */
final class OutputReply implements RunListener {

    private final BusRequest asker;
    private @Nullable ManagedRun run;

    OutputReply(BusRequest asker) {
        this.asker = asker;
    }

    void taken(ManagedRun taken) {
        run = taken;
    }

    @Override
    public void event(Event event) {
        if (event instanceof Event.End end) {
            ended(end, Objects.requireNonNull(run));
        }
    }

    private void ended(Event.End end, ManagedRun taken) {
        RunFailure failure = end.failure();
        if (failure != null) {
            asker.fail(BusError.of(failure, taken.id()));
            return;
        }
        var headers = new LinkedHashMap<String, String>();
        headers.put("muster-run", taken.id());
        String partial = taken.partial();
        if (!partial.isEmpty()) {
            headers.put("muster-partial", partial);
        }
        asker.reply(end.output(), headers);
    }
}
