package dev.muster.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The header {@code Accept}. */
class ResponseFormatTest {

    private static final List<ResponseFormat> FORMS =
            List.of(ResponseFormat.OUTPUT, ResponseFormat.LINES, ResponseFormat.EVENTS);

    private static ResponseFormat of(String... lines) {
        return ResponseFormat.of(List.of(lines), FORMS).orElse(null);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*/* | OUTPUT",
                "application/json | OUTPUT",
                "text/event-stream | EVENTS",
                "application/x-ndjson | LINES",
                "application/json, text/event-stream | EVENTS",
                "application/json, text/event-stream;q=0.9 | OUTPUT",
                "application/json, text/event-stream;q=0 | OUTPUT",
                "text/event-stream, application/x-ndjson | EVENTS",
                "application/x-ndjson, text/event-stream | LINES",
                "application/x-ndjson;q=0.1, text/event-stream;q=0.9 | EVENTS",
                "text/event-stream;q=0, */* | OUTPUT",
                "application/json;q=0, */* | LINES",
                "application/*;q=0, */* | EVENTS",
                "application/*, application/json;q=0.5 | LINES",
                "text/* | EVENTS",
                "text/*;q=0.3, application/x-ndjson;q=0.2 | EVENTS",
                "Text/EVENT-stream;Q=1.000 | EVENTS",
                "application/json; profile=\"text/event-stream, application/x-ndjson;q=1\" | OUTPUT",
                "application/json; a=\"\\\", text/event-stream\" | OUTPUT",
                "text/event-stream ; charset=utf-8 ; q=0.8 , */*;q=0.1 | EVENTS",
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8 | OUTPUT",
                "text/event-streams | ",
                "text/html | ",
                "*/*;q=0 | ",
                "application/json;q=0.000 | ",
                "text/event-stream;q=2 | OUTPUT",
                ", , | OUTPUT",
            })
    void of_oneLine(String line, ResponseFormat form) {
        assertThat(of(line)).isEqualTo(form);
    }

    @Test
    void of_severalLines_areOneList() {
        assertThat(of("application/json;q=0.1", "text/event-stream")).isEqualTo(ResponseFormat.EVENTS);
        assertThat(of("text/event-stream;q=0", "*/*")).isEqualTo(ResponseFormat.OUTPUT);
        assertThat(of("")).isEqualTo(ResponseFormat.OUTPUT);
    }

    @Test
    void of_events_hasNoOutput() {
        List<ResponseFormat> events = List.of(ResponseFormat.EVENTS, ResponseFormat.LINES);
        assertThat(ResponseFormat.of(List.of("*/*"), events)).contains(ResponseFormat.EVENTS);
        assertThat(ResponseFormat.of(List.of("application/x-ndjson, */*"), events))
                .contains(ResponseFormat.LINES);
        assertThat(ResponseFormat.of(List.of("application/*"), events)).contains(ResponseFormat.LINES);
        assertThat(ResponseFormat.of(List.of("application/json"), events)).isEmpty();
    }

    @Test
    void of_moreThanAnyoneMeans_isBounded() {
        assertThat(of("a/b,".repeat(100_000))).isNull();
    }
}
