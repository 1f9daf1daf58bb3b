package dev.muster.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.json.JsonLimits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The builder of nodes from JSON text. YAML parsers do not read all of JSON (long keys, pairs of escaped surrogates). */
final class JsonNodes {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final String file;
    private final String text;
    private final JsonParser parser;
    private int offset;
    private int line = 1;
    private int column = 1;

    private JsonNodes(String file, String text, JsonParser parser) {
        this.file = file;
        this.text = text;
        this.parser = parser;
    }

    static Optional<Node> read(String file, String text, Yaml.Limits limits) {
        if (text.isBlank()) {
            return Optional.empty();
        }
        try {
            // This pass finds every error and limits the nesting, so that the second pass cannot fail.
            Json.parse(text, JsonLimits.DEFAULT.withNesting(limits.nesting()));
        } catch (JsonException e) {
            throw Yaml.problem(new Position(file, e.line(), e.column()), e.reason());
        }
        try (JsonParser parser = FACTORY.createParser(text)) {
            return Optional.of(new JsonNodes(file, text, parser).node(parser.nextToken()));
        } catch (IOException e) {
            throw new IllegalStateException("a JSON file could be read once only", e);
        }
    }

    private Node node(JsonToken token) throws IOException {
        Position at = at();
        switch (token) {
            case START_OBJECT:
                List<Mapping.Entry> entries = new ArrayList<>();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    Scalar key = Scalar.of(at(), parser.currentName());
                    entries.add(new Mapping.Entry(key, node(parser.nextToken())));
                }
                return new Mapping(at, entries);
            case START_ARRAY:
                List<Node> items = new ArrayList<>();
                for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                    items.add(node(next));
                }
                return new Sequence(at, items);
            case VALUE_STRING:
                return Scalar.of(at, parser.getText());
            default:
                return new Scalar(at, CoreSchema.value(parser.getText()), parser.getText(), false);
        }
    }

    /** The position of the current token. Tokens come in order, so the lines of the text are counted only once. */
    private Position at() {
        int start = (int) parser.currentTokenLocation().getCharOffset();
        while (offset < start) {
            int point = text.codePointAt(offset);
            offset += Character.charCount(point);
            line += point == '\n' ? 1 : 0;
            column = point == '\n' ? 1 : column + 1;
        }
        return new Position(file, line, column);
    }
}
