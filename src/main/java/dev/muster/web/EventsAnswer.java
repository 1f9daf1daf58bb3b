package dev.muster.web;

import dev.muster.dispatch.JsonBody;
import dev.muster.dispatch.TakenRun;
import dev.muster.run.Event;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * Responds with the events of a run as they happen. Back-pressure: if the caller does not read, the run starts no further items and
 * reads no further rows. Runs on the run's loop.
 */
final class EventsAnswer implements RunAnswer {

    private final Incoming incoming;
    private final boolean sse;
    private @Nullable EventWriter writer;
    private @Nullable Heartbeat heartbeat;
    private long number;

    EventsAnswer(Incoming incoming, boolean sse) {
        this.incoming = incoming;
        this.sse = sse;
    }

    @Override
    public void taken(TakenRun run) {}

    @Override
    public boolean takesItems() {
        return true;
    }

    @Override
    public void event(Event event) {
        if (event instanceof Event.Start start) {
            incoming.isRun(start.run());
        }
        number++;
        writer().event(number, event.word(), JsonBody.of(event.toValue()));
        if (event instanceof Event.End) {
            if (heartbeat != null) {
                heartbeat.stop();
            }
            writer().end(incoming);
        }
    }

    @Override
    public Future<Void> room() {
        return writer().room();
    }

    private EventWriter writer() {
        if (writer == null) {
            writer = new EventWriter(incoming.response(), sse);
            heartbeat = new Heartbeat(incoming.loop(), writer::heartbeat);
        }
        return writer;
    }
}
