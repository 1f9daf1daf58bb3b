package dev.muster.cli.queue;

import dev.muster.cli.ExitCode;
import dev.muster.cli.Options;
import dev.muster.cli.Session;
import dev.muster.cli.UsageException;
import dev.muster.config.Suggest;
import dev.muster.queue.JobState;
import dev.muster.queue.JobStore;
import dev.muster.service.JobJsonReader;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code muster queue show}: shows a queue, some jobs, or the jobs in a state. */
final class QueueShowCommand implements QueueCommand.Subcommand {

    private static final String STATE = "--state";
    private static final String LIMIT = "--limit";
    private static final String AFTER = "--after";
    private static final int USUAL_LIMIT = 100;
    private static final int MAX_LISTED = 10_000_000;
    private static final List<String> WORDS =
            Arrays.stream(JobState.values()).map(JobState::word).toList();

    @Override
    public String name() {
        return "show";
    }

    @Override
    public CommandSpec spec() {
        return Options.command(
                        name(),
                        "Shows the state of a queue, or some of its jobs by id or state.",
                        "muster queue show thumbnails",
                        "muster queue show thumbnails 17",
                        "muster queue show thumbnails --state dead --limit 1000 | jq -r .id")
                .addPositional(QueueOptions.queue())
                .addPositional(QueueOptions.behind("ID", "Jobs."))
                .addOption(Options.value(
                        STATE,
                        "STATE",
                        String.class,
                        "Jobs in this state, ordered by id: " + String.join(", ", WORDS) + "."))
                .addOption(Options.value(
                        LIMIT, "N", Integer.class, "With --state: how many at most; default " + USUAL_LIMIT + "."))
                .addOption(Options.value(AFTER, "ID", String.class, "With --state: the jobs after this id."))
                .addOption(QueueOutput.json());
    }

    @Override
    public void check(ParseResult parsed) {
        QueueOptions.queueOf(parsed);
        QueueOptions.idsOf(parsed);
        QueueOptions.number(parsed, LIMIT, USUAL_LIMIT, 1, MAX_LISTED);
        String state = parsed.matchedOptionValue(STATE, null);
        if (state == null && (parsed.hasMatchedOption(LIMIT) || parsed.hasMatchedOption(AFTER))) {
            throw new UsageException(LIMIT + " and " + AFTER + " go with " + STATE);
        }
        if (state != null && !WORDS.contains(state)) {
            throw new UsageException("there is no state \"" + state + "\"" + Suggest.didYouMean(state, WORDS)
                    + "; it is one of " + String.join(", ", WORDS));
        }
        if (state != null && !QueueOptions.idsOf(parsed).isEmpty()) {
            throw new UsageException("either ids of jobs or " + STATE);
        }
    }

    @Override
    public int run(ParseResult parsed, Session session, QueueAdmin admin) throws InterruptedException {
        String queue = QueueOptions.queueOf(parsed);
        String state = parsed.matchedOptionValue(STATE, null);
        if (state != null) {
            list(parsed, session, admin, queue, JobJsonReader.state(state));
            return ExitCode.DONE;
        }
        for (String id : QueueOptions.idsOf(parsed)) {
            QueueOutput.value(parsed, session, session.await(admin.job(queue, id)));
        }
        if (QueueOptions.idsOf(parsed).isEmpty()) {
            QueueOutput.queues(parsed, session, List.of(session.await(admin.queue(queue))));
        }
        return ExitCode.DONE;
    }

    /** Lists jobs page by page; each page is printed before the next is requested. */
    private static void list(ParseResult parsed, Session session, QueueAdmin admin, String queue, JobState state)
            throws InterruptedException {
        int left = QueueOptions.number(parsed, LIMIT, USUAL_LIMIT, 1, MAX_LISTED);
        String after = parsed.matchedOptionValue(AFTER, null);
        int shown = 0;
        while (left > 0 && session.stop().code().isEmpty()) {
            List<Map<String, @Nullable Object>> page =
                    session.await(admin.jobs(queue, state, after, Math.min(left, JobStore.MAX_LISTED)));
            if (page.isEmpty()) {
                break;
            }
            QueueOutput.jobs(parsed, session, page);
            left -= page.size();
            shown += page.size();
            after = String.valueOf(page.get(page.size() - 1).get("id"));
        }
        if (shown == 0) {
            session.say("no jobs are " + state.word());
        } else if (left == 0) {
            session.say("the limit is reached, there are possibly more jobs: " + AFTER + " " + after);
        }
    }
}
