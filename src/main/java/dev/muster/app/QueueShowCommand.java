package dev.muster.app;

import dev.muster.app.desk.QueueDesk;
import dev.muster.config.Suggest;
import dev.muster.dispatch.JobWords;
import dev.muster.queue.JobState;
import dev.muster.queue.JobStore;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code muster queue show}: shows a queue, some jobs, or the jobs in a state. */
final class QueueShowCommand implements QueueSubcommand {

    private static final String STATE = "--state";
    private static final String LIMIT = "--limit";
    private static final String AFTER = "--after";
    private static final int USUAL_LIMIT = 100;
    private static final int MOST_LISTED = 10_000_000;
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
                .addPositional(QueueWordsOfLine.queue())
                .addPositional(QueueWordsOfLine.behind("ID", "Jobs."))
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
    public void check(ParseResult given) {
        QueueWordsOfLine.queueOf(given);
        QueueWordsOfLine.idsOf(given);
        QueueWordsOfLine.number(given, LIMIT, USUAL_LIMIT, 1, MOST_LISTED);
        String state = given.matchedOptionValue(STATE, null);
        if (state == null && (given.hasMatchedOption(LIMIT) || given.hasMatchedOption(AFTER))) {
            throw new UsageException(LIMIT + " and " + AFTER + " go with " + STATE);
        }
        if (state != null && !WORDS.contains(state)) {
            throw new UsageException("there is no state \"" + state + "\"" + Suggest.didYouMean(state, WORDS)
                    + "; it is one of " + String.join(", ", WORDS));
        }
        if (state != null && !QueueWordsOfLine.idsOf(given).isEmpty()) {
            throw new UsageException("either ids of jobs or " + STATE);
        }
    }

    @Override
    public int run(ParseResult given, Session session, QueueDesk desk) throws InterruptedException {
        String queue = QueueWordsOfLine.queueOf(given);
        String state = given.matchedOptionValue(STATE, null);
        if (state != null) {
            list(given, session, desk, queue, JobWords.state(state));
            return ExitCode.DONE;
        }
        for (String id : QueueWordsOfLine.idsOf(given)) {
            QueueOutput.value(given, session, session.await(desk.job(queue, id), QueueCommand.MOST_AFTER_STOP_MILLIS));
        }
        if (QueueWordsOfLine.idsOf(given).isEmpty()) {
            QueueOutput.queues(
                    given, session, List.of(session.await(desk.queue(queue), QueueCommand.MOST_AFTER_STOP_MILLIS)));
        }
        return ExitCode.DONE;
    }

    /** Lists jobs page by page; each page is printed before the next is requested. */
    private static void list(ParseResult given, Session session, QueueDesk desk, String queue, JobState state)
            throws InterruptedException {
        int left = QueueWordsOfLine.number(given, LIMIT, USUAL_LIMIT, 1, MOST_LISTED);
        String after = given.matchedOptionValue(AFTER, null);
        int shown = 0;
        while (left > 0 && session.stop().code().isEmpty()) {
            List<Map<String, @Nullable Object>> page = session.await(
                    desk.jobs(queue, state, after, Math.min(left, JobStore.MOST_LISTED)),
                    QueueCommand.MOST_AFTER_STOP_MILLIS);
            if (page.isEmpty()) {
                break;
            }
            QueueOutput.jobs(given, session, page);
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
