package dev.muster.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The reader of many texts with one parser, which sees them as lines: creating a parser costs more than reading a short
 * text. If a value does not end with its line, or on any error, each text is read by itself, which reports the error.
 */
final class JsonReadEach {

    private JsonReadEach() {}

    static List<@Nullable Object> of(List<String> texts, JsonLimits limits) {
        List<@Nullable Object> values = texts.size() > 1 ? together(texts, limits) : null;
        if (values != null) {
            return values;
        }
        List<@Nullable Object> each = new ArrayList<>(texts.size());
        texts.forEach(text -> each.add(JsonRead.text(text, limits, JsonMeter.NONE)));
        return each;
    }

    private static @Nullable List<@Nullable Object> together(List<String> texts, JsonLimits limits) {
        List<@Nullable Object> values = new ArrayList<>(texts.size());
        try (JsonParser parser = JsonRead.FACTORY.createParser(new Lines(texts))) {
            JsonRead read = new JsonRead(parser, JsonPlace.of(""), limits);
            long end = 0;
            for (String text : texts) {
                JsonToken token = parser.nextToken();
                if (token == null) {
                    return null;
                }
                values.add(read.value(token, 0));
                end += text.length() + 1;
                long at = parser.currentLocation().getCharOffset();
                if (at != end && at != end - 1) {
                    return null;
                }
            }
            return values;
        } catch (JacksonException | JsonException | JsonRead.RepeatedKey e) {
            return null;
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory failed", e);
        }
    }

    /** The texts, each followed by a line feed. */
    private static final class Lines extends Reader {
        private final List<String> texts;
        private int line;
        private int column;

        Lines(List<String> texts) {
            this.texts = texts;
        }

        @Override
        public int read(char[] to, int offset, int length) {
            int at = offset;
            while (line < texts.size() && at < offset + length) {
                String text = texts.get(line);
                int count = Math.min(text.length() - column, offset + length - at);
                text.getChars(column, column + count, to, at);
                at += count;
                column += count;
                if (column == text.length() && at < offset + length) {
                    to[at++] = '\n';
                    line++;
                    column = 0;
                }
            }
            return at == offset ? -1 : at - offset;
        }

        @Override
        public void close() {}
    }
}
