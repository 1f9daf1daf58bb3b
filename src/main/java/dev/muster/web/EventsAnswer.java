package dev.muster.web;

import dev.muster.dispatch.TakenRun;
import dev.muster.loop.Timer;
import dev.muster.run.Event;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Answers with the events of a run as they come. Where the caller does not take them, the run begins no further item and reads
 * no further row. On the run's loop.
 */
final class EventsAnswer implements RunAnswer {

    /** How often a silent stream shows that it is alive. */
    static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private final Incoming incoming;
    private final boolean sse;
    private @Nullable EventWriter writer;
    private @Nullable Timer heartbeat;
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
        writer().event(number, event.word(), incoming.site().offer().json(event.toValue()));
        if (event instanceof Event.End) {
            if (heartbeat != null) {
                heartbeat.cancel();
            }
            incoming.ends();
            writer().end();
            incoming.letGo();
        }
    }

    @Override
    public Future<Void> room() {
        return writer().room();
    }

    private EventWriter writer() {
        if (writer == null) {
            writer = new EventWriter(incoming, sse);
            if (sse) {
                beat(writer);
            }
        }
        return writer;
    }

    private void beat(EventWriter to) {
        heartbeat = incoming.loop().schedule(HEARTBEAT, () -> {
            to.heartbeat();
            beat(to);
        });
    }
}
