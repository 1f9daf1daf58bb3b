package dev.muster.expr;

import dev.muster.expr.Expression.Bindings;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Prints what an evaluation costs in nanoseconds of CPU, and the first compilation in milliseconds; run by hand, in a
 * fresh JVM.
 */
final class ExpressionsBenchmark {

    private static volatile @org.jspecify.annotations.Nullable Object sink = "";

    private ExpressionsBenchmark() {}

    public static void main(String[] args) {
        long start = cpuNanos();
        Expressions expressions = new Expressions();
        Scope scope = Scope.EMPTY.with("x", Type.ANY);
        expressions.compile("x.a + 1", scope);
        System.out.printf("%-55s %8d ms%n", "first compilation", (cpuNanos() - start) / 1_000_000);
        List<Object> items = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            items.add(Map.of("stars", (long) i % 5, "name", "n" + i));
        }
        Map<String, Object> x = Map.of("a", 1L, "b", Map.of("c", Map.of("d", "deep")), "items", items);
        for (String source : List.of(
                "x.b.c.d",
                "x.a + 1",
                "x.a * 1.5 > 2.0 && x.b.c.d == 'deep'",
                "{'a': x.a, 'items': x.items}",
                "x.items.map(i, i.stars)",
                "x.items.filter(i, i.stars > 2).map(i, i.name)",
                "avg(x.items.map(i, i.stars))",
                "groupBy(x.items, 'stars')")) {
            Expression expression = expressions.compile(source, scope);
            measure(expression, x);
            System.out.printf(
                    "%-55s %8.0f ns   cost hint %d%n", source, measure(expression, x), expression.costHint(n -> x));
        }
    }

    private static double measure(Expression expression, Object x) {
        Bindings bindings = name -> x;
        long end = System.nanoTime() + 1_500_000_000L;
        long begin = cpuNanos();
        long rounds = 0;
        while (System.nanoTime() < end) {
            for (int i = 0; i < 100; i++) {
                sink = expression.evaluate(bindings);
            }
            rounds += 100;
        }
        return (double) (cpuNanos() - begin) / rounds;
    }

    /** CPU time of this thread, so that a busy machine spoils the figures less. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
