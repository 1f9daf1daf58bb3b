package dev.muster.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The bounds for the cost of one operation of each benchmark, from the file {@code scripts/bench/guard.bounds}.
 *
 * <p>A line has a name, a bound in bytes, and optionally a bound in instructions.
 */
final class Bounds {

    static final Path FILE = Path.of("scripts", "bench", "guard.bounds");

    /** A bound that exceeds the measured cost by more than this share, and by more than the smallest object, is too loose. */
    private static final double WIDE = 0.08;

    private static final int SMALLEST_OBJECT_BYTES = 16;

    /** A cost below this is noise of the measurement; no operation costs so little. */
    private static final int NOISE_BYTES = 100;

    private static final double ABOVE = 1.03;
    private static final String EXCEEDED = "%s costs %,.0f %s, which is %,.0f (%.1f %%) more than its bound of %,.0f. ";
    private static final String REMEDY =
            "To see what it is: scripts/bench/profile %s. If it is worth its price, raise the bound in %s to"
                    + " %,d, and say why in the commit.";

    /** The bounds of one operation. */
    record Bound(double bytes, OptionalDouble instructions) {}

    /** The measured cost of one operation; instructions only where the machine counts them. */
    record Cost(double bytes, OptionalDouble instructions) {}

    private final Map<String, Bound> byName = new LinkedHashMap<>();

    private Bounds() {}

    static Bounds read(Path file) throws IOException {
        var bounds = new Bounds();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            String[] words = line.replaceFirst("#.*", "").trim().split("\\s+");
            if (words[0].isEmpty()) {
                continue;
            }
            try {
                var instructions = words.length > 2 ? OptionalDouble.of(number(words[2])) : OptionalDouble.empty();
                bounds.byName.put(words[0], new Bound(number(words[1]), instructions));
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                throw new IOException(file + ":" + number + ": a line is NAME BYTES, or NAME BYTES INSTRUCTIONS", e);
            }
        }
        return bounds;
    }

    private static double number(String word) {
        return Double.parseDouble(word.replace(",", ""));
    }

    List<String> names() {
        return List.copyOf(byName.keySet());
    }

    Optional<Bound> of(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** Returns a paragraph for each cost that exceeds its bound or has none. */
    List<String> exceeded(Map<String, Cost> measured) {
        List<String> complaints = new ArrayList<>();
        measured.forEach((name, cost) -> {
            Bound bound = byName.get(name);
            if (bound == null) {
                complaints.add(
                        text("%s has no bound. Add a line to %s: %s %,d", name, FILE, name, suggested(cost.bytes())));
                return;
            }
            complain(complaints, name, "bytes", cost.bytes(), bound.bytes());
            if (bound.instructions().isPresent() && cost.instructions().isPresent()) {
                complain(
                        complaints,
                        name,
                        "instructions",
                        cost.instructions().getAsDouble(),
                        bound.instructions().getAsDouble());
            }
        });
        return complaints;
    }

    private static void complain(List<String> complaints, String name, String unit, double cost, double bound) {
        if (cost > bound) {
            complaints.add(text(EXCEEDED, name, cost, unit, cost - bound, (cost / bound - 1) * 100, bound)
                    + text(REMEDY, profiled(name), FILE, suggested(cost)));
        }
    }

    /** Returns the case to profile. The kernel has none of its own: the run of a plan without steps is tasks and nothing else. */
    private static String profiled(String name) {
        return name.startsWith("http.") && !name.equals("http.none") ? name.substring("http.".length()) : "health";
    }

    /** Returns a note for each bound that is too loose. */
    List<String> wide(Map<String, Cost> measured) {
        List<String> notes = new ArrayList<>();
        measured.forEach((name, cost) -> of(name).filter(bound -> isWide(bound.bytes(), cost.bytes()))
                .ifPresent(bound -> notes.add(text(
                        "%s: the bound can go down from %,.0f to %,d bytes",
                        name, bound.bytes(), suggested(cost.bytes())))));
        return notes;
    }

    private static boolean isWide(double bound, double cost) {
        return cost > NOISE_BYTES && bound - cost > Math.max(SMALLEST_OBJECT_BYTES, bound * WIDE);
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static long suggested(double cost) {
        return (long) Math.ceil(cost * ABOVE);
    }
}
