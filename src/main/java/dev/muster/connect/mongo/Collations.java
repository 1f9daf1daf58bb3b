package dev.muster.connect.mongo;

import com.mongodb.client.model.Collation;
import com.mongodb.client.model.CollationAlternate;
import com.mongodb.client.model.CollationCaseFirst;
import com.mongodb.client.model.CollationMaxVariable;
import com.mongodb.client.model.CollationStrength;
import dev.muster.config.Suggest;
import dev.muster.text.Printable;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parser of collations in the notation of MongoDB's documents. */
final class Collations {
    private static final List<String> WORDS = List.of(
            "locale",
            "caseLevel",
            "caseFirst",
            "strength",
            "numericOrdering",
            "alternate",
            "maxVariable",
            "normalization",
            "backwards");

    private Collations() {}

    /**
     * Parses a collation.
     *
     * @throws IllegalArgumentException if the map is no collation, with the reason
     */
    static Collation of(@Nullable Map<?, ?> map) {
        var collation = Collation.builder();
        if (map == null || !(map.get("locale") instanceof String)) {
            throw new IllegalArgumentException("collation needs locale: a language such as de, or simple");
        }
        map.forEach((key, value) -> set(collation, String.valueOf(key), value));
        return collation.build();
    }

    private static void set(Collation.Builder collation, String word, @Nullable Object value) {
        try {
            switch (word) {
                case "locale" -> collation.locale(text(value));
                case "caseLevel" -> collation.caseLevel(truth(value));
                case "caseFirst" -> collation.collationCaseFirst(CollationCaseFirst.fromString(text(value)));
                case "strength" -> collation.collationStrength(CollationStrength.fromInt(number(value)));
                case "numericOrdering" -> collation.numericOrdering(truth(value));
                case "alternate" -> collation.collationAlternate(CollationAlternate.fromString(text(value)));
                case "maxVariable" -> collation.collationMaxVariable(CollationMaxVariable.fromString(text(value)));
                case "normalization" -> collation.normalization(truth(value));
                case "backwards" -> collation.backwards(truth(value));
                default ->
                    throw new IllegalArgumentException(
                            "unknown word \"" + Printable.phrase(word, 40) + "\"" + Suggest.didYouMean(word, WORDS));
            }
        } catch (IllegalArgumentException e) {
            // A value stands in the message, in that of the driver too: of any length, with any characters.
            throw new IllegalArgumentException(
                    "collation: " + Printable.phrase(String.valueOf(e.getMessage()), 200), e);
        }
    }

    private static String text(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("text is needed, not " + value);
    }

    private static boolean truth(@Nullable Object value) {
        if (value instanceof Boolean truth) {
            return truth;
        }
        throw new IllegalArgumentException("true or false is needed, not " + value);
    }

    private static int number(@Nullable Object value) {
        if (value instanceof Long number && number >= 1 && number <= 5) {
            return number.intValue();
        }
        throw new IllegalArgumentException("strength is from 1 to 5, not " + value);
    }
}
