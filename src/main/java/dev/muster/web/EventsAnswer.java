package dev.muster.web;

import dev.muster.run.Event;
import dev.muster.service.JsonBody;
import dev.muster.service.ManagedRun;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * Responds with the events of a run as they happen. Back-pressure: if the caller does not read, the run starts no further items and
 * reads no further rows. Runs on the run's loop.
 */
final class EventsAnswer implements RunAnswer {

    private final RequestContext incoming;
    private final boolean sse;
    private @Nullable EventWriter writer;
    private @Nullable Heartbeat heartbeat;
    private long number;

    EventsAnswer(RequestContext incoming, boolean sse) {
        this.incoming = incoming;
        this.sse = sse;
    }

    @Override
    public void taken(ManagedRun run) {}

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
