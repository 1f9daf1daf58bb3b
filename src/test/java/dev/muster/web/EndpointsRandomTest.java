package dev.muster.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.config.Problems;
import dev.muster.plan.Plan;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The tree finds what asking one plan after another finds, and never throws anything but bad input. */
class EndpointsRandomTest {

    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE");
    private static final String[] WORDS = {"a", "b", "ab", "c.d", "e"};
    private static final String[] SENT = {"a", "b", "ab", "c.d", "e", "%61", "x%20y", "p+q", "", ".", "..", "%2e", "zz"
    };

    @Test
    void find_agreesWithAskingEveryPlan() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int matches = 0;
        for (int round = 0; round < 100; round++) {
            List<Plan> plans = plans(random);
            Endpoints endpoints = Endpoints.of(plans, new Problems());
            for (int i = 0; i < 100; i++) {
                String method = random.nextInt(8) == 0 ? "HEAD" : METHODS.get(random.nextInt(METHODS.size()));
                String path = path(random);
                Object found = shown(endpoints.find(method, path));
                matches += found instanceof List ? 1 : 0;
                assertThat(found)
                        .as("seed %s, %s %s of %s", seed, method, path, exposes(plans))
                        .isEqualTo(naive(plans, method, path));
            }
        }
        assertThat(matches).isGreaterThan(500);
    }

    @Test
    void find_anyText_isFoundOrBadInput() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Endpoints endpoints = Endpoints.of(
                List.of(
                        Plans.exposed("a", "GET /{a}"),
                        Plans.exposed("b", "GET /{a}/b/{c}"),
                        Plans.exposed("c", "GET /a/{b}/{c}"),
                        Plans.exposed("d", "POST /{a}/{b}/{c}/{d}")),
                new Problems());
        String alphabet = "/////%%%ab2eEfF0.9+~\u0000\u00c3\u00a9\u20ac\ud83d ";
        for (int i = 0; i < 10_000; i++) {
            StringBuilder path = new StringBuilder(random.nextInt(20) == 0 ? "" : "/");
            for (int n = random.nextInt(16); n > 0; n--) {
                path.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                assertThat(endpoints.find(random.nextBoolean() ? "GET" : "POST", path.toString()))
                        .isNotNull();
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", path " + path, e);
            }
        }
    }

    private static List<Plan> plans(Random random) {
        Set<String> shapes = new HashSet<>();
        List<Plan> plans = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            StringBuilder path = new StringBuilder();
            int segments = random.nextInt(5);
            for (int s = 0; s < segments; s++) {
                path.append('/').append(random.nextInt(5) < 2 ? "{v" + s + "}" : WORDS[random.nextInt(WORDS.length)]);
            }
            String expose = METHODS.get(random.nextInt(METHODS.size())) + " " + (path.isEmpty() ? "/" : path);
            if (shapes.add(expose)) {
                plans.add(Plans.exposed("p" + i, expose));
            }
        }
        return plans;
    }

    private static String path(Random random) {
        StringBuilder path = new StringBuilder();
        for (int s = random.nextInt(5); s > 0; s--) {
            String[] from = random.nextInt(4) == 0 ? SENT : WORDS;
            path.append('/').append(from[random.nextInt(from.length)]);
        }
        return path.isEmpty() ? "/" : path.toString();
    }

    private static Object shown(Endpoints.Found found) {
        return found instanceof Endpoints.Match match ? List.of(match.plan().name(), match.values()) : found;
    }

    private static List<String> exposes(List<Plan> plans) {
        return plans.stream().map(plan -> plan.name() + ": " + plan.expose()).toList();
    }

    /** Of the plans whose path fits, the one with a literal where the others first have a variable. */
    private static Object naive(List<Plan> plans, String method, String path) {
        List<Plan> fitting = plans.stream()
                .filter(plan -> values(expose(plan).path(), path) != null)
                .toList();
        String asked = method.equals("HEAD") ? "GET" : method;
        return fitting.stream()
                .filter(plan -> expose(plan).method().equals(asked))
                .min(Comparator.comparing(plan -> expose(plan).path().replaceAll("\\{[^}]*}", "\uffff")))
                .<Object>map(plan -> List.of(plan.name(), values(expose(plan).path(), path)))
                .orElseGet(() -> otherwise(fitting));
    }

    private static Object otherwise(List<Plan> fitting) {
        Set<String> allowed = new LinkedHashSet<>();
        METHODS.stream()
                .filter(it ->
                        fitting.stream().anyMatch(plan -> expose(plan).method().equals(it)))
                .forEach(it -> allowed.addAll(it.equals("GET") ? List.of("GET", "HEAD") : List.of(it)));
        return allowed.isEmpty() ? new Endpoints.NoPath() : new Endpoints.OtherMethods(List.copyOf(allowed));
    }

    private static Plan.Expose expose(Plan plan) {
        return Objects.requireNonNull(plan.expose());
    }

    private static Map<String, String> values(String template, String path) {
        String[] wanted = template.split("/", -1);
        String[] sent = path.split("/", -1);
        if (wanted.length != sent.length) {
            return null;
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].startsWith("{")) {
                String value = URLDecoder.decode(sent[i].replace("+", "%2B"), StandardCharsets.UTF_8);
                if (Arrays.asList("", ".", "..").contains(value)) {
                    return null;
                }
                values.put(wanted[i].substring(1, wanted[i].length() - 1), value);
            } else if (!wanted[i].equals(sent[i])) {
                return null;
            }
        }
        return values;
    }
}
