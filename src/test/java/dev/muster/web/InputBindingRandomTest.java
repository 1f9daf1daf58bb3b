package dev.muster.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import dev.muster.json.JsonMeter;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Plan;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever is sent becomes an input that fits, or bad input. */
class InputBindingRandomTest {

    private static final List<Plan> PLANS = List.of(
            Plans.taking("{a: integer?, b: number?, c: boolean?, d: string?, e?: [integer], f?: {x: integer}}"),
            Plans.takingSchema("{properties: {a: {type: [integer, boolean]}, b: {enum: [1, x]}, e: {type: array}},"
                    + " additionalProperties: {type: number}}"),
            Plans.taking("{a: integer, d: string}"));
    private static final String ALPHABET = "aaabbcdef====&&&&%%%0012.-+eE/?#x\u0000\u00e9\u20ac\ud83d []{}\"";

    @Test
    void bind_anyText_fitsOrIsBadInput() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int bound = 0;
        for (int i = 0; i < 10_000; i++) {
            Plan plan = PLANS.get(random.nextInt(PLANS.size()));
            Map<String, String> path = random.nextBoolean() ? Map.of() : Map.of("a", text(random, 5));
            String query = text(random, 30);
            Object body = random.nextInt(4) == 0 ? Map.of("e", List.of(1L)) : random.nextInt(4) == 0 ? List.of() : null;
            try {
                InputBinding binding = InputBinding.of(plan);
                Map<String, Object> input = body == null
                        ? binding.bind(path, query)
                        : binding.bind(path, query, Json.writeBytes(body), JsonMeter.NONE);
                assertThat(plan.input().problems(input)).isEmpty();
                bound++;
            } catch (MusterException e) {
                assertThat(e.type()).isEqualTo(ErrorType.BAD_INPUT);
                assertThat(e.detail()).isNotBlank();
                assertThat((List<?>) e.more().get("problems")).isNotEmpty();
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", path " + path + ", query " + query, e);
            }
        }
        assertThat(bound).isGreaterThan(50);
    }

    @Test
    void bind_valuesWrittenAsAQuery_comeBack() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            Map<String, Object> values = values(random);
            assertThat(InputBinding.of(PLANS.get(0)).bind(Map.of(), written(values, random)))
                    .as("seed %s", seed)
                    .isEqualTo(values);
        }
    }

    private static Map<String, Object> values(Random random) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("a", random.nextLong());
        values.put("b", Json.parse(random.nextInt() + "." + random.nextInt(100)));
        values.put("c", random.nextBoolean());
        values.put("d", text(random, 10).replaceAll("[\u0000\ud83d]", "😀"));
        values.put("e", random.longs(1 + random.nextInt(3)).boxed().toList());
        values.keySet().removeIf(name -> random.nextInt(3) == 0);
        return values;
    }

    private static String written(Map<String, Object> values, Random random) {
        List<String> names = new ArrayList<>(values.keySet());
        Collections.shuffle(names, random);
        List<String> pairs = new ArrayList<>();
        for (String name : names) {
            Object value = values.get(name);
            for (Object one : value instanceof List<?> list ? list : List.of(value)) {
                pairs.add(name + "=" + URLEncoder.encode(String.valueOf(one), StandardCharsets.UTF_8));
            }
        }
        return String.join("&", pairs);
    }

    private static String text(Random random, int most) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(most); n > 0; n--) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }
}
