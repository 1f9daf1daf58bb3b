package dev.muster.cli;

import dev.muster.config.Amounts;
import dev.muster.config.Durations;
import dev.muster.loop.Loop;
import dev.muster.plan.Plan;
import dev.muster.run.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A live picture of the running steps on the terminal, redrawn at most ten times a second. It appears only if the run
 * takes longer than 150 ms, and is erased at the end. Runs on the loop.
 */
final class LiveProgress implements Progress {

    private static final Duration FIRST = Duration.ofMillis(150);
    private static final int MAX_STEPS = 8;
    private static final int MAX_NAMES = 3;
    private static final String SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
    private static final String PLAIN_SPINNER = "|/-\\";

    private final Session session;
    private final Loop loop;
    private final Plan plan;
    private final long startedNanos;
    private final Map<String, Top> running = new LinkedHashMap<>();
    private int ended;
    private int frame;
    private final LivePicture picture;

    /** The state of a running top-level step. */
    private static final class Top {
        final long startedNanos;
        final Set<String> inner = new LinkedHashSet<>();
        int innerEnded;

        Top(long startedNanos) {
            this.startedNanos = startedNanos;
        }
    }

    LiveProgress(Session session, Loop loop, Plan plan) {
        this.session = session;
        this.loop = loop;
        this.plan = plan;
        this.startedNanos = loop.nanos();
        this.picture = new LivePicture(session, loop, FIRST);
        picture.show(this::lines);
    }

    @Override
    public void stepBegan(String path) {
        String top = top(path);
        Top step = running.computeIfAbsent(top, key -> new Top(loop.nanos()));
        if (!top.equals(path)) {
            step.inner.add(path.substring(top.length()));
        }
    }

    @Override
    public void event(Event event) {
        if (!(event instanceof Event.StepEnd step)) {
            return;
        }
        String top = top(step.path());
        if (top.equals(step.path())) {
            running.remove(top);
            ended++;
        } else if (running.containsKey(top)
                && running.get(top).inner.remove(step.path().substring(top.length()))) {
            running.get(top).innerEnded++;
        }
    }

    @Override
    public void close() {
        picture.close();
    }

    private List<String> lines() {
        TerminalStyle style = session.style();
        String spinner = style.unicode() ? SPINNER : PLAIN_SPINNER;
        char mark = spinner.charAt(frame++ % spinner.length());
        var lines = new ArrayList<String>();
        lines.add(style.bold(style.fit(
                mark + " " + plan.name() + "  " + ended + "/"
                        + Amounts.of(plan.steps().size(), "step") + "  " + since(startedNanos),
                style.width() - 1)));
        int shown = 0;
        for (Map.Entry<String, Top> entry : running.entrySet()) {
            if (shown++ == MAX_STEPS) {
                lines.add(style.dim("  and " + (running.size() - MAX_STEPS) + " more"));
                break;
            }
            Top step = entry.getValue();
            String name = style.pad(entry.getKey(), Math.min(24, style.width() / 3));
            lines.add("  " + name + "  " + style.pad(since(step.startedNanos), 9)
                    + style.dim(style.fit(inner(step), style.width() - 13 - name.length() - 1)));
        }
        return lines;
    }

    private String inner(Top step) {
        if (step.inner.isEmpty() && step.innerEnded == 0) {
            return "";
        }
        String now = step.inner.size() <= MAX_NAMES ? String.join(" ", step.inner) : step.inner.size() + " running";
        return now + (step.innerEnded == 0 ? "" : (now.isEmpty() ? "" : ", ") + step.innerEnded + " ended");
    }

    private String since(long nanos) {
        return Durations.human(Duration.ofNanos((loop.nanos() - nanos) / 100_000_000 * 100_000_000));
    }

    private static String top(String path) {
        for (int i = 0; i < path.length(); i++) {
            if (path.charAt(i) == '.' || path.charAt(i) == '[') {
                return path.substring(0, i);
            }
        }
        return path;
    }
}
