package dev.muster.expr;

import dev.cel.common.values.NullValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The functions {@code sum}, {@code avg}, {@code min}, {@code max}, {@code groupBy}, {@code sort} and {@code sortBy}, over
 * CEL values.
 */
final class ListFunctions {

    private ListFunctions() {}

    /** The sum: a whole number if all elements are whole numbers, otherwise a decimal. The sum of an empty list is 0. */
    static Object sum(List<?> list) {
        Walk.here().all(list);
        long whole = 0;
        int index = 0;
        for (Object element : list) {
            if (!(element instanceof Long number)) {
                return sumMixed(list);
            }
            long next = whole + number;
            if (((whole ^ next) & (number ^ next)) < 0) {
                throw new Failure(ExpressionProblem.Kind.ARITHMETIC, "sum exceeds 64 bits at element " + index);
            }
            whole = next;
            index++;
        }
        return whole;
    }

    private static Object sumMixed(List<?> list) {
        double binary = 0;
        boolean exact = false;
        int index = 0;
        for (Object element : list) {
            requireNumber("sum", element, index++);
            exact |= element instanceof BigNumber;
            binary += Decimals.approximate(element);
        }
        return exact ? BigNumber.of(sumExact(list)) : (Object) binary;
    }

    private static BigDecimal sumExact(List<?> list) {
        BigDecimal sum = BigDecimal.ZERO;
        for (Object element : list) {
            sum = sum.add(Decimals.decimal(element));
        }
        return sum;
    }

    /** The average, a decimal; null for an empty list. */
    static Object avg(List<?> list) {
        Walk.here().all(list);
        if (list.isEmpty()) {
            return NullValue.NULL_VALUE;
        }
        BigInteger carried = BigInteger.ZERO;
        long whole = 0;
        int index = 0;
        for (Object element : list) {
            requireNumber("avg", element, index++);
            if (!(element instanceof Long number)) {
                return Decimals.approximate(sumMixed(list)) / list.size();
            }
            long next = whole + number;
            if (((whole ^ next) & (number ^ next)) < 0) {
                carried = carried.add(BigInteger.valueOf(whole));
                next = number;
            }
            whole = next;
        }
        return carried.add(BigInteger.valueOf(whole)).doubleValue() / list.size();
    }

    /** The least element, or the greatest if {@code sign} is -1. The first of equal elements; null for an empty list. */
    static Object least(String name, List<?> list, int sign) {
        Walk.here().all(list);
        Object best = NullValue.NULL_VALUE;
        int index = 0;
        for (Object element : list) {
            if (!(element instanceof String)) {
                requireNumber(name, element, index);
            }
            if (index > 0 && element instanceof String != best instanceof String) {
                throw new Failure(
                        ExpressionProblem.Kind.TYPE,
                        name + " compares texts or numbers, not both: element " + index + " is "
                                + FromCel.describe(element));
            }
            if (index == 0 || sign * compare(element, best) < 0) {
                best = element;
            }
            index++;
        }
        return best;
    }

    private static int compare(Object x, Object y) {
        return x instanceof String text ? text.compareTo((String) y) : Decimals.compare(x, y);
    }

    /** The elements grouped by their value under {@code key}. Groups and elements keep the order of the list. */
    static Map<Object, Object> groupBy(List<?> list, String key) {
        Walk.here().all(list);
        Map<Object, List<Object>> groups = new LinkedHashMap<>();
        int index = 0;
        for (Object element : list) {
            groups.computeIfAbsent(groupOf(element, key, index++), unused -> new ArrayList<>())
                    .add(element);
        }
        return new LinkedHashMap<>(groups);
    }

    private static Object groupOf(Object element, String key, int index) {
        if (!(element instanceof Map<?, ?> map)) {
            throw new Failure(
                    ExpressionProblem.Kind.TYPE,
                    "groupBy takes a list of maps: element " + index + " is " + FromCel.describe(element));
        }
        Object group = map.get(key);
        if (group == null) {
            throw new Failure(
                    ExpressionProblem.Kind.MISSING_KEY, "groupBy: element " + index + " has no key '" + key + "'");
        }
        if (!(group instanceof String || group instanceof Long || group instanceof Boolean)) {
            throw new Failure(
                    ExpressionProblem.Kind.TYPE,
                    "groupBy: element " + index + " has " + FromCel.describe(group) + " under '" + key
                            + "'; groups are texts, whole numbers or booleans");
        }
        return group;
    }

    /** A stable order of numbers of any type, texts, booleans, timestamps or durations. */
    static List<Object> sort(List<?> list) {
        Walk walk = Walk.here();
        walk.all(list);
        List<Object> sorted = new ArrayList<>(list);
        sorted.sort((x, y) -> order(x, y, walk));
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
        sorted.sort(Comparator.comparing(pair -> pair.get(0), (x, y) -> order(x, y, walk)));
        List<Object> elements = new ArrayList<>(sorted.size());
        sorted.forEach(pair -> elements.add(pair.get(1)));
        return elements;
    }

    private static int order(Object x, Object y, Walk walk) {
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

    private static void requireNumber(String function, Object element, int index) {
        if (!Decimals.isNumber(element)) {
            throw new Failure(
                    ExpressionProblem.Kind.TYPE,
                    function + " takes numbers: element " + index + " is " + FromCel.describe(element));
        }
    }
}
