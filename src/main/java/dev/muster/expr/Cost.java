package dev.muster.expr;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An estimate of the cost of an evaluation, in steps of roughly a microsecond, from the shape of the expression and the size
 * of its values.
 */
final class Cost {

    private static final int SAMPLES = 4;
    private static final int SAMPLE_DEPTH = 4;
    private static final int CHARS_A_STEP = 64;
    private static final int NODES_A_STEP = 4;

    /** Operators whose cost does not depend on the size of their operands. {@code +} joins lists as a view. */
    private static final Set<String> CHEAP =
            Set.of("_+_ _-_ _*_ _/_ _%_ -_ !_ _<_ _<=_ _>_ _>=_ _&&_ _||_ _?_:_ _[_] _?._ _[?_] @not_strictly_false dyn"
                    .split(" "));

    private static final long CEILING = Long.MAX_VALUE / 4;

    private final int nodes;
    private final int loops;
    private final boolean callsFunctions;
    private final long made;
    private final int maxIterations;

    Cost(CelTree tree, ExpressionLimits limits) {
        nodes = tree.nodes.size();
        loops = tree.loops();
        callsFunctions = tree.functions.stream().anyMatch(name -> !CHEAP.contains(name));
        made = tree.nodes.values().stream()
                .mapToLong(node -> made(node, limits))
                .sum();
        maxIterations = limits.iterations();
    }

    /** The number of items of {@code lists.range(…)}, which are in no variable. */
    private static long made(CelExpr node, ExpressionLimits limits) {
        if (node.exprKind().getKind() != ExprKind.Kind.CALL
                || !node.call().function().equals("range")) {
            return 0;
        }
        CelExpr end = node.call().args().get(0);
        boolean written = end.exprKind().getKind() == ExprKind.Kind.CONSTANT
                && end.constant().getKind() == CelConstant.Kind.INT64_VALUE;
        return written
                ? Math.max(0, Math.min(limits.rangeItems(), end.constant().int64Value()))
                : limits.rangeItems();
    }

    long of(Set<String> references, Expression.Bindings bindings) {
        if (loops == 0 && !callsFunctions) {
            return nodes;
        }
        long elements = made;
        for (String name : references) {
            elements = Math.min(CEILING, elements + size(bindings.get(name), 0));
        }
        long steps = loops == 0 ? 0 : Math.min(maxIterations, power(elements)) * nodes / NODES_A_STEP;
        return nodes + steps + (callsFunctions ? elements : 0);
    }

    private long power(long elements) {
        long product = 1;
        for (int i = 0; i < loops && product < maxIterations; i++) {
            product *= Math.min(elements, maxIterations);
        }
        return product;
    }

    /** The number of elements and pieces of text below a value. Of a large collection, a sample is counted. */
    private static long size(@Nullable Object value, int depth) {
        if (value instanceof String text) {
            return 1L + text.length() / CHARS_A_STEP;
        }
        if (value instanceof List<?> list) {
            return sizeOf(list.iterator(), list.size(), depth);
        }
        return value instanceof Map<?, ?> map ? sizeOf(map.values().iterator(), map.size(), depth) : 1;
    }

    private static long sizeOf(Iterator<?> values, long count, int depth) {
        long sum = 0;
        long greatest = 0;
        int sampled = 0;
        // The few values of a small map differ, so all are counted. In a larger one, the greatest sampled value stands
        // for the rest.
        int samples = depth < 2 && count <= 32 ? (int) count : SAMPLES;
        while (depth < SAMPLE_DEPTH && sampled < samples && values.hasNext()) {
            long size = size(values.next(), depth + 1);
            sum += size;
            greatest = Math.max(greatest, size);
            sampled++;
        }
        return Math.min(CEILING, count + sum + Math.min(CEILING / Math.max(1, count), greatest) * (count - sampled));
    }
}
