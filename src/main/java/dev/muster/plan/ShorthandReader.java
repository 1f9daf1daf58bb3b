package dev.muster.plan;

import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.Problems;
import dev.muster.config.Scalar;
import dev.muster.config.Sequence;
import dev.muster.config.Suggest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The reader of the shorthand of {@code input}: a map of names and types.
 *
 * <ul>
 *   <li>{@code string integer number boolean list object any}: a value of that type; {@code list} and {@code object} hold
 *       anything
 *   <li>{@code [TYPE]}: a list of values of that type, such as {@code [string]}
 *   <li>a map: an object with exactly these fields
 *   <li>{@code ?} after a type, such as {@code string?}: the field can be absent or null. After a name it means the same,
 *       for lists and maps: {@code tags?: [string]}
 * </ul>
 */
final class ShorthandReader {

    private static final List<String> TYPES =
            Arrays.stream(Shape.Kind.values()).map(Shape.Kind::word).toList();

    private final Problems problems;

    private ShorthandReader(Problems problems) {
        this.problems = problems;
    }

    /** Reads the shorthand; problems are noted. */
    static ShorthandInput read(Mapping mapping, Problems problems) {
        return new ShorthandInput(new ShorthandReader(problems).object(mapping));
    }

    private Shape.ObjectOf object(Mapping mapping) {
        Map<String, Shape.Field> fields = new LinkedHashMap<>();
        for (Mapping.Entry entry : mapping.entries()) {
            String written = entry.name();
            boolean marked = written.endsWith("?");
            String name = marked ? written.substring(0, written.length() - 1) : written;
            Node type = entry.value();
            boolean optional =
                    marked || type instanceof Scalar scalar && scalar.text().endsWith("?");
            if (name.isEmpty()) {
                problems.add(entry.key().at(), "a name of the input is missing");
            } else if (fields.putIfAbsent(name, new Shape.Field(shape(type, true), optional)) != null) {
                problems.add(entry.key().at(), "the input \"" + name + "\" is written twice");
            }
        }
        return new Shape.ObjectOf(fields);
    }

    private Shape shape(Node node, boolean mayBeLeftOut) {
        if (node instanceof Mapping mapping) {
            return object(mapping);
        }
        if (node instanceof Sequence list) {
            if (list.items().size() == 1) {
                return new Shape.ListOf(shape(list.items().get(0), false));
            }
            problems.add(list.at(), "a list of the input is written with the one type of its items: [string]");
            return Shape.Kind.ANY;
        }
        return simple((Scalar) node, mayBeLeftOut);
    }

    private Shape simple(Scalar scalar, boolean mayBeLeftOut) {
        String written = scalar.text();
        boolean marked = written.endsWith("?");
        String word = marked ? written.substring(0, written.length() - 1) : written;
        if (marked && !mayBeLeftOut) {
            problems.add(scalar.at(), "an item of a list cannot be left out; write " + word + " without ?");
        }
        Optional<Shape.Kind> kind = Shape.Kind.of(word);
        if (kind.isEmpty()) {
            String hint = Suggest.didYouMean(word, TYPES);
            problems.add(
                    scalar.at(),
                    "\"" + written + "\" is not a type of an input"
                            + (hint.isEmpty() ? "; they are " + String.join(", ", TYPES) : hint));
        }
        return kind.orElse(Shape.Kind.ANY);
    }
}
