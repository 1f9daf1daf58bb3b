package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plans on a MongoDB, from the command line. */
class MongoRunTest {
    @TempDir
    Path dir;

    @BeforeEach
    void makeConfiguration() throws IOException {
        Files.createDirectories(dir.resolve("plans"));
        Files.writeString(
                dir.resolve("muster.yaml"),
                "sources:\n  db: {mongo: '" + TestServers.mongo().freshDatabase() + "', pool: 2}\n"
                        + "  gone: {mongo: 'mongodb://user:s3cr3t@127.0.0.1:1/d', serverSelectionTimeout: 1s}\n");
    }

    private Called run(String plan, String... more) throws IOException {
        Path file = Files.writeString(dir.resolve("p.yaml"), plan);
        String[] words = new String[more.length + 4];
        System.arraycopy(new String[] {"run", file.toString(), "--conf", dir.toString()}, 0, words, 0, 4);
        System.arraycopy(more, 0, words, 4, more.length);
        return Called.with(words);
    }

    @Test
    void documentsFlowIntoEach_whichWritesToTheSameSource() throws IOException {
        Called called = run("""
                plan: p
                input: {stars: integer}
                steps:
                  fill: {mongo: db, insert: reviews, documents: '= lists.range(500).map(i, {"_id": i, "stars": i % 5})'}
                  good: {after: [fill], mongo: db, find: reviews, filter: {stars: {$gte: = input.stars}}}
                  marked:
                    each: = good
                    as: review
                    do: {mongo: db, update: reviews, filter: {_id: = review._id}, changes: {$set: {good: true}}}
                  count: {after: [marked], mongo: db, count: reviews, filter: {good: true}}
                output: {marked: = size(marked), count: = count}
                """, "--input", "{\"stars\": 4}");

        assertThat(called.err()).doesNotContain("failed");
        assertThat(called).extracting(Called::code, Called::out).containsExactly(0, "{\"marked\":100,\"count\":100}\n");
    }

    @Test
    void callerWhoSendsOperators_isToldSo() throws IOException {
        Called called = run(
                "plan: p\ninput: {q: any}\nsteps: {a: {mongo: db, find: users, filter: {password: = input.q}}}",
                "--input",
                "{\"q\": {\"$ne\": 1}}");

        assertThat(called.code()).isEqualTo(1);
        assertThat(called.err())
                .contains("badInput: db: filter.password: a computed value cannot have the key \"$ne\"");
    }

    @Test
    void sourceThatIsNotThere_takesTheDefaultAndShowsNoPassword() throws IOException {
        Called called = run("plan: p\nsteps: {a: {mongo: gone, find: users, default: []}}");

        assertThat(called).extracting(Called::code, Called::out).containsExactly(0, "{\"a\":[]}\n");
        assertThat(called.err()).contains("no server of source gone within 1s").doesNotContain("s3cr3t");
    }

    @Test
    void check_asksTheSourcesWhetherTheyAreReady() {
        Called called = Called.with("check", "--connect", "--conf", dir.toString());

        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err() + called.out())
                .contains("gone")
                .contains("connection refused")
                .doesNotContain("s3cr3t");
    }
}
