package dev.muster.run;

import dev.muster.task.Tasks;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which step of which run a task belongs to, by the names of the task and those above it. Immutable.
 *
 * @param run the run's id
 * @param plan the name of its plan
 * @param caller the name of who asked for it, or null for nobody
 * @param step the step's path, or null between the steps
 */
public record RunStep(
        String run,
        String plan,
        @Nullable String caller,
        @Nullable String step) {

    private static final Pattern RUN = Pattern.compile("run ([0-9A-HJKMNP-TV-Z]{26}) (?:(.+) of (.+)|(.+))");
    private static final Pattern PATH = Pattern.compile("[A-Za-z_0-9.\\[\\]]+");

    /** That which the calling thread works for now. Looked for when it is asked; costs some microseconds. */
    public static Optional<RunStep> current() {
        return of(Tasks.current());
    }

    /** The name of a run's task. */
    static String nameOf(String run, String plan, @Nullable Object caller) {
        return caller == null ? "run " + run + " " + plan : "run " + run + " " + plan + " of " + caller;
    }

    /** By the names of a task and those above it, from the top. */
    public static Optional<RunStep> of(List<String> names) {
        Matcher top = RUN.matcher(names.isEmpty() ? "" : names.get(0));
        if (!top.matches()) {
            return Optional.empty();
        }
        String step = null;
        for (String name : names.subList(1, names.size())) {
            if (PATH.matcher(name).matches() && (step == null || isInside(step, name))) {
                step = name;
            }
        }
        return Optional.of(
                new RunStep(top.group(1), top.group(2) == null ? top.group(4) : top.group(2), top.group(3), step));
    }

    /** Other tasks of a step are named after what they do; a step inside has the path of the one around it. */
    private static boolean isInside(String step, String name) {
        return name.length() > step.length()
                && name.startsWith(step)
                && (name.charAt(step.length()) == '.' || name.charAt(step.length()) == '[');
    }
}
