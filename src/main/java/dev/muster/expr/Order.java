package dev.muster.expr;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The functions {@code sort} and {@code sortBy}: a stable order of numbers of any type, texts, booleans, timestamps or durations. */
final class Order {

    private Order() {}

    static List<Object> sort(List<?> list) {
        Walk walk = Walk.here();
        walk.all(list);
        List<Object> sorted = new ArrayList<>(list);
        sorted.sort((x, y) -> compare(x, y, walk));
        return sorted;
    }

    /** Sorts pairs of key and element by key, and returns the elements. CEL's macro creates the pairs. */
    static List<Object> sortPairs(List<?> pairs) {
        Walk walk = Walk.here();
        walk.all(pairs);
        List<List<?>> sorted = new ArrayList<>(pairs.size());
        for (Object pair : pairs) {
            sorted.add((List<?>) pair);
        }
        sorted.sort(Comparator.comparing(pair -> pair.get(0), (x, y) -> compare(x, y, walk)));
        List<Object> elements = new ArrayList<>(sorted.size());
        sorted.forEach(pair -> elements.add(pair.get(1)));
        return elements;
    }

    private static int compare(Object x, Object y, Walk walk) {
        walk.visit(0);
        if (Decimals.isNumber(x) && Decimals.isNumber(y)) {
            return Decimals.compare(x, y);
        }
        if (x instanceof String a && y instanceof String b) {
            return a.compareTo(b);
        }
        if (x instanceof Boolean a && y instanceof Boolean b) {
            return a.compareTo(b);
        }
        if (x instanceof Instant a && y instanceof Instant b) {
            return a.compareTo(b);
        }
        if (x instanceof Duration a && y instanceof Duration b) {
            return a.compareTo(b);
        }
        throw new Failure(
                ExpressionProblem.Kind.TYPE, "cannot order " + FromCel.describe(x) + " and " + FromCel.describe(y));
    }
}
