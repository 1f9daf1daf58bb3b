package dev.muster.web;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.service.EventLog;
import dev.muster.service.JsonBody;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Sends the kept events of a run to a caller, starting after {@code Last-Event-ID}, until the run ends or the caller leaves. A
 * caller that leaves ends only the reading, not the run. Runs on the loop of the request.
 */
final class EventsReader {

    private static final int PAGE = 64;

    private final RequestContext context;
    private final EventLog log;
    private final EventWriter writer;
    private EventLog.@Nullable Page page;
    private boolean gone;
    private long last;

    private EventsReader(RequestContext context, EventLog log, long after, boolean sse) {
        this.context = context;
        this.log = log;
        this.last = after;
        this.writer = new EventWriter(context.response(), context.loop(), sse);
    }

    /**
     * Starts sending. If the run has ended and {@code Last-Event-ID} is its last event, responds with 204, which makes an
     * EventSource stop.
     *
     * @throws MusterException of type {@code badInput} if {@code Last-Event-ID} is not a number, or if the caller accepts no events
     */
    static void read(RequestContext context, EventLog log) {
        boolean sse = ResponseFormat.ofEvents(context.request()) == ResponseFormat.EVENTS;
        ContentCoding.check(context.request(), false);
        long after = lastEventId(context);
        if (after > 0 && isAllRead(log, after)) {
            context.empty(204);
            return;
        }
        if (context.request().method() == HttpMethod.HEAD) {
            EventWriter.head(context, sse);
            return;
        }
        var reader = new EventsReader(context, log, after, sse);
        reader.next();
        // Last, because the caller can have left already and nothing must start after that.
        context.onLeft(reason -> reader.leave());
    }

    private static boolean isAllRead(EventLog log, long after) {
        EventLog.Page rest = log.after(after, 1);
        log.forget(rest);
        return rest.over() && rest.entries().isEmpty() && rest.missed() == 0;
    }

    private static long lastEventId(RequestContext context) {
        String text = context.request().getHeader(PlanRequest.LAST_EVENT_ID);
        if (text == null || text.isEmpty()) {
            return 0;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below.
        }
        throw new MusterException(
                ErrorType.BAD_INPUT, "Last-Event-ID must be the id of an event, a whole number from 0 on");
    }

    private void next() {
        if (gone) {
            return;
        }
        EventLog.Page next = log.after(last, PAGE);
        page = next;
        if (next.missed() > 0) {
            gap(
                    next.missed(),
                    next.entries().isEmpty() ? last : next.entries().get(0).number() - 1);
        }
        next.entries().forEach(entry -> {
            writer.event(entry.number(), entry.name(), entry.json());
            last = entry.number();
        });
        if (next.over()) {
            leave();
            writer.end(context);
            return;
        }
        Future<Void> room = writer.room();
        room.compose(free -> next.more()).onComplete(more -> context.loop().execute(this::next));
    }

    /** Sends a gap event, so that a caller that assembles the events knows which are missing. */
    private void gap(long from, long to) {
        var value = new LinkedHashMap<String, Object>();
        value.put("event", "gap");
        value.put("from", from);
        value.put("to", to);
        writer.event(to, "gap", JsonBody.of(value));
    }

    private void leave() {
        gone = true;
        writer.stop();
        if (page != null) {
            log.forget(page);
        }
    }
}
