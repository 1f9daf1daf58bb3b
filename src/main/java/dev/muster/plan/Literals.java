package dev.muster.plan;

import dev.muster.config.Fields;
import dev.muster.config.Mapping;
import dev.muster.config.Position;
import dev.muster.config.Problems;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The readers of values that are never computed. */
final class Literals {

    /** The longest time-out: the longest run, 15 minutes. */
    static final Duration LONGEST = Duration.ofMinutes(15);

    private Literals() {}

    /** The map without the entries that hold an expression where none is allowed. Each of them is noted as a problem. */
    static Mapping only(Mapping mapping, String what, Predicate<String> isLiteral, Problems problems) {
        List<Mapping.Entry> kept = mapping.entries().stream()
                .filter(entry -> {
                    boolean misplaced = isLiteral.test(entry.name()) && TemplateReader.isExpression(entry.value());
                    if (misplaced) {
                        problems.add(entry.value().at(), neverComputed(entry.name() + " of " + what));
                    }
                    return !misplaced;
                })
                .toList();
        return kept.size() == mapping.entries().size() ? mapping : new Mapping(mapping.at(), kept);
    }

    /** The error message for an expression where none is allowed. */
    static String neverComputed(String what) {
        return what + " is never computed, so it cannot be an expression; for text that starts with =, write ==";
    }

    /** The time-out of a step or plan, from 1 ms to {@link #LONGEST}. */
    static Optional<Duration> timeout(Fields fields, String name) {
        return fields.duration(name).filter(duration -> {
            boolean fits = !duration.isZero() && duration.compareTo(LONGEST) <= 0;
            if (!fits) {
                fields.problem(name, name + " of " + fields.what() + " must be from 1ms to 15m, the longest run");
            }
            return fits;
        });
    }

    /** The error policy: {@code failFast}, {@code collect} and, if {@code tolerant}, {@code tolerate N%}. */
    static ErrorRule errors(Fields fields, boolean tolerant) {
        Optional<String> text = fields.string("errors");
        if (text.isEmpty() || text.get().equals("failFast")) {
            return ErrorRule.FAIL_FAST;
        }
        if (text.get().equals("collect")) {
            return ErrorRule.COLLECT;
        }
        double percent = tolerant ? percent(text.get()) : -1;
        if (percent < 0) {
            fields.problem(
                    "errors",
                    "errors of " + fields.what() + " must be failFast" + (tolerant ? ", " : " or ") + "collect"
                            + (tolerant ? " or tolerate N%, N from 0 to 100," : ",") + " not \"" + text.get() + "\"");
            return ErrorRule.FAIL_FAST;
        }
        return new ErrorRule(false, percent);
    }

    private static double percent(String text) {
        if (!text.matches("tolerate [0-9]{1,3}(\\.[0-9]{1,6})?%")) {
            return -1;
        }
        double percent = Double.parseDouble(text.substring("tolerate ".length(), text.length() - 1));
        return percent <= 100 ? percent : -1;
    }

    /** The position {@code columns} further in the same line. */
    static Position shifted(Position at, int columns) {
        return new Position(at.file(), at.line(), at.column() + columns);
    }
}
