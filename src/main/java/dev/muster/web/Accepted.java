package dev.muster.web;

import org.jspecify.annotations.Nullable;

/** In which form a caller wants what a run gives. */
enum Accepted {
    /** The output, as one answer. */
    OUTPUT,
    /** The events, one a line. */
    LINES,
    /** The events, as server-sent events. */
    EVENTS;

    private static final String NDJSON = "application/x-ndjson";
    private static final String SSE = "text/event-stream";

    /** What the header {@code Accept} asks for: a form of events only where one is named. */
    static Accepted of(@Nullable String accept) {
        if (accept == null) {
            return OUTPUT;
        }
        int lines = accept.indexOf(NDJSON);
        int events = accept.indexOf(SSE);
        if (lines < 0 && events < 0) {
            return OUTPUT;
        }
        return events < 0 || (lines >= 0 && lines < events) ? LINES : EVENTS;
    }
}
