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

    private final BusRequest request;
    private @Nullable ManagedRun run;

    OutputReply(BusRequest request) {
        this.request = request;
    }

    void admitted(ManagedRun admitted) {
        run = admitted;
    }

    @Override
    public void event(Event event) {
        if (event instanceof Event.End end) {
            ended(end, Objects.requireNonNull(run));
        }
    }

    private void ended(Event.End end, ManagedRun admitted) {
        RunFailure failure = end.failure();
        if (failure != null) {
            request.fail(BusError.of(failure, admitted.id()));
            return;
        }
        var headers = new LinkedHashMap<String, String>();
        headers.put("muster-run", admitted.id());
        String partial = admitted.partial();
        if (!partial.isEmpty()) {
            headers.put("muster-partial", partial);
        }
        request.reply(end.output(), headers);
    }
}
