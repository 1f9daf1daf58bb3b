package dev.muster.expr;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Paths walked directly and by CEL give the same values and fail alike, places and texts included. */
class PathDifferentialTest {

    private static final String[] KEYS = {"a", "b", "c", "zz"};

    @Test
    void pathAndCel_agreeOnRandomValues() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        CelEngine cel = new CelEngine(ExpressionLimits.DEFAULTS);
        Scope scope = Scope.EMPTY.with("v", Type.ANY);
        for (int round = 0; round < 400; round++) {
            String source = path(random);
            Expression direct = Path.parse(source, scope);
            Expression byCel = cel.compile(source, scope);
            assertThat(direct).as(source).isNotNull();
            assertThat(direct.references()).isEqualTo(byCel.references());
            for (int i = 0; i < 10; i++) {
                Object value = value(random, 4);
                assertThat(outcome(direct, value))
                        .as("seed %s, path %s, value %s", seed, source, value)
                        .isEqualTo(outcome(byCel, value));
            }
        }
    }

    private static @Nullable Object outcome(Expression expression, @Nullable Object value) {
        try {
            return expression.evaluate(name -> value);
        } catch (ExpressionException e) {
            return e.problems();
        }
    }

    private static String path(Random random) {
        StringBuilder path = new StringBuilder(random.nextInt(4) == 0 ? " \n v" : "v");
        for (int steps = random.nextInt(5); steps > 0; steps--) {
            String key = KEYS[random.nextInt(KEYS.length)];
            path.append(
                    switch (random.nextInt(4)) {
                        case 0 -> "[" + random.nextInt(3) + "]";
                        case 1 -> "['" + key + "']";
                        case 2 -> "[\"" + key + "\"]";
                        default -> "." + key;
                    });
        }
        return path.toString();
    }

    private static @Nullable Object value(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 14 : 8)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> "text" + random.nextInt(3);
            case 3 -> random.nextLong();
            case 4 -> new BigDecimal(BigInteger.valueOf(random.nextInt(10_000)), random.nextInt(4));
            case 5 -> new BigInteger(90, random);
            case 6 -> random.nextDouble();
            case 7 -> random.nextInt();
            case 8, 9, 10 -> list(random, depth);
            default -> map(random, depth);
        };
    }

    private static Object list(Random random, int depth) {
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            list.add(value(random, depth - 1));
        }
        return list;
    }

    private static Object map(Random random, int depth) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (String key : new String[] {"a", "b", "c"}) {
            if (random.nextInt(4) > 0) {
                map.put(key, value(random, depth - 1));
            }
        }
        return map;
    }
}
