package dev.muster.web;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The format of a response to a run, chosen by the caller. */
enum ResponseFormat {
    /** The output, as one response. */
    OUTPUT("application/json", "application/*"),
    /** The events, one on each line. */
    LINES("application/x-ndjson", "application/*"),
    /** The events, as server-sent events. */
    EVENTS("text/event-stream", "text/*");

    private static final long NOT_ACCEPTABLE = 406;

    private final String type;
    private final String family;

    ResponseFormat(String type, String family) {
        this.type = type;
        this.family = family;
    }

    /**
     * The format for a request to run a plan.
     *
     * @throws MusterException with status 406 if the header {@code Accept} takes none of the three
     */
    static ResponseFormat of(HttpServerRequest request) throws MusterException {
        return preferred(request, List.of(OUTPUT, LINES, EVENTS));
    }

    /**
     * The format for a request for events.
     *
     * @throws MusterException with status 406 if the header {@code Accept} takes neither
     */
    static ResponseFormat ofEvents(HttpServerRequest request) throws MusterException {
        return preferred(request, List.of(EVENTS, LINES));
    }

    private static ResponseFormat preferred(HttpServerRequest request, List<ResponseFormat> forms) {
        if (!request.headers().contains(HttpHeaders.ACCEPT)) {
            return forms.get(0);
        }
        return of(request.headers().getAll(HttpHeaders.ACCEPT), forms)
                .orElseThrow(() -> new MusterException(
                        ErrorType.BAD_INPUT,
                        "the header Accept accepts none of the available types: "
                                + String.join(
                                        ", ",
                                        forms.stream().map(form -> form.type).toList()),
                        Map.of("status", NOT_ACCEPTABLE),
                        null));
    }

    /**
     * The format that the lines of {@code Accept} prefer: the one with the greatest weight. Of equal weights, an event format that
     * is named explicitly wins, the first named of two; otherwise the first of {@code forms}. Empty if no format is acceptable.
     */
    static Optional<ResponseFormat> of(List<String> lines, List<ResponseFormat> forms) {
        Preferences accepts = Preferences.of(lines);
        if (accepts.ranges().isEmpty()) {
            return Optional.of(forms.get(0));
        }
        ResponseFormat best = null;
        for (ResponseFormat form : forms) {
            if (form.weight(accepts) > 0 && (best == null || form.isBetter(best, accepts))) {
                best = form;
            }
        }
        return Optional.ofNullable(best);
    }

    private boolean isBetter(ResponseFormat other, Preferences accepts) {
        int more = weight(accepts) - other.weight(accepts);
        int index = accepts.indexOf(type);
        if (more != 0 || index < 0 || this == OUTPUT) {
            return more > 0;
        }
        int before = accepts.indexOf(other.type);
        return other == OUTPUT || before < 0 || index < before;
    }

    private int weight(Preferences accepts) {
        return accepts.weight(0, type, family, "*/*");
    }
}
