package dev.muster.app;

import dev.muster.config.Node;
import dev.muster.expr.Expressions;
import java.util.List;
import java.util.regex.Pattern;

/** Loads the compiler of expressions beside everything else that starts, if these plans will need it. */
final class CelWarmth {

    /** An expression that may be a plain path, which needs no compiler. */
    private static final Pattern PATH = Pattern.compile("=\\s*\\w+(\\.\\w+|\\[\\w+])*\\s*");

    private CelWarmth() {}

    static void start(List<PlanFile> files, Expressions expressions) {
        if (files.stream().anyMatch(file -> file.read() != null && needs(file.read()))) {
            var thread = new Thread(expressions::warm, "muster-warm");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static boolean needs(Node node) {
        return node.match(
                scalar -> scalar.text().startsWith("=")
                        && !scalar.text().startsWith("==")
                        && !PATH.matcher(scalar.text()).matches(),
                sequence -> sequence.items().stream().anyMatch(CelWarmth::needs),
                mapping -> mapping.entries().stream().anyMatch(entry -> needs(entry.value())));
    }
}
