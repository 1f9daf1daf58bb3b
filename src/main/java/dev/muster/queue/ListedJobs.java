package dev.muster.queue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Selects the jobs of one list from all jobs of a memory queue, in one pass that holds no more jobs than the limit. */
final class ListedJobs {

    private static final Comparator<StoredJob> BY_ID = Comparator.comparingLong(job -> job.number);

    private ListedJobs() {}

    static List<StoredJob> of(Collection<StoredJob> all, JobState state, @Nullable String after, int limit) {
        long behind = number(after);
        var kept = new PriorityQueue<StoredJob>(Math.min(limit, all.size()) + 1, BY_ID.reversed());
        for (StoredJob job : all) {
            if (job.state == state && job.number > behind) {
                kept.add(job);
                if (kept.size() > limit) {
                    kept.poll();
                }
            }
        }
        List<StoredJob> listed = new ArrayList<>(kept);
        listed.sort(BY_ID);
        return bounded(listed);
    }

    private static List<StoredJob> bounded(List<StoredJob> jobs) {
        long chars = 0;
        for (int i = 0; i < jobs.size(); i++) {
            StoredJob job = jobs.get(i);
            chars += job.body.length() + length(job.error) + length(job.checkpoint);
            if (i > 0 && chars > JobStore.MAX_LISTED_CHARS) {
                return jobs.subList(0, i);
            }
        }
        return jobs;
    }

    private static long length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    private static long number(@Nullable String id) {
        try {
            return id == null ? 0 : Long.parseLong(id);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
