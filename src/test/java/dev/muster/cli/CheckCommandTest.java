package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The command {@code check}: what it finds wrong, and where it says that is. */
class CheckCommandTest extends CommandCase {

    @Test
    void planThatStreamsRows_cannotBeCalled() throws IOException {
        Files.writeString(dir.resolve("muster.yaml"), "sources: {db: {postgres: 'postgres://127.0.0.1:1/x'}}");
        Files.createDirectory(dir.resolve("plans"));
        Files.writeString(
                dir.resolve("plans/rows.yaml"),
                "plan: rows\nsteps: {all: {postgres: db, sql: select 1, rows: stream}}\n");
        Called called = Called.with("check", plan("p", "steps: {a: {plan: rows}}"), "--conf", dir.toString());
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err()).contains("p.yaml:2:").contains("the rows of all in plan rows go to the event stream");
    }

    @Test
    void check_withoutFiles_checksAllPlansOfTheConfiguration() throws IOException {
        Files.writeString(dir.resolve("conf/plans/a.yaml"), "plan: a\noutput: 1\n");
        Files.writeString(dir.resolve("conf/plans/b.json"), "{\"plan\": \"b\", \"output\": 1}");
        Called called = Called.with("check", "--conf", conf);
        assertThat(called.code()).as(called.err()).isZero();
        assertThat(called.out()).contains("plan a  ok").contains("plan b  ok").contains("2 plans: ok");
    }

    @Test
    void check_saysWhatIsWrongForServing() throws IOException {
        Path file = Files.writeString(
                dir.resolve("conf/muster.yaml"),
                "server: {port: none}\ncallers:\n  ops: {key: hidden}\n  web: {key: 0123456789abcdef, may: {plans: [nix]}}\n");
        Files.writeString(dir.resolve("conf/plans/one.yaml"), "plan: one\nexpose: GET /same\noutput: 1");
        Files.writeString(dir.resolve("conf/plans/two.yaml"), "plan: two\nexpose: GET /same\noutput: 2");
        Called called = Called.with("check", "--conf", conf);
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err())
                .contains(file + ":1:16: port of the server must be")
                .contains(file + ":3:14: ")
                .contains("nix")
                .contains("answers the same requests");
    }

    @Test
    void server_unknownWord_isAProblem() throws IOException {
        Path file = Files.writeString(dir.resolve("conf/muster.yaml"), "server: {limit: {steps: 5}}\n");
        Called called = Called.with("check", "--conf", conf);
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err())
                .contains(file + ":1:10: unknown word \"limit\" in the server (did you mean \"limits\"?)");
    }

    @Test
    void check_twoPlansOfOneName_isAProblem() throws IOException {
        Files.writeString(dir.resolve("conf/plans/a.yaml"), "plan: a\noutput: 1\n");
        Files.writeString(dir.resolve("conf/plans/b.yaml"), "plan: a\noutput: 2\n");
        Called called = Called.with("check", "--conf", conf);
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err()).contains("b.yaml:1:7: the plan \"a\" exists twice");
    }

    @Test
    void check_plansThatCallEachOtherInACircle_namesThem() throws IOException {
        Files.writeString(dir.resolve("conf/plans/a.yaml"), "plan: a\nsteps: {x: {plan: b}}\n");
        Files.writeString(dir.resolve("conf/plans/b.yaml"), "plan: b\nsteps: {x: {plan: a}}\n");
        Called called = Called.with("check", "--conf", conf);
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err()).contains("a → b → a");
    }

    @Test
    void check_connect_reportsEachSource() throws IOException {
        Files.writeString(
                dir.resolve("conf/muster.yaml"),
                "sources:\n  here: {file: .}\n  gone: {file: nowhere, optional: true}\n  off: {http: 'http://127.0.0.1:1'}\n");
        Called called = Called.with("check", "--connect", "--conf", conf);
        assertThat(called.out())
                .contains(
                        "source here  ready\n",
                        "source gone  not ready (optional): ",
                        "source off  not ready: unavailable");
        assertThat(called.code()).isEqualTo(2);
    }

    @Test
    void check_connect_preparesTheNamedQueries() throws IOException {
        Files.writeString(
                dir.resolve("conf/muster.yaml"),
                "sources:\n  db: {postgres: '" + TestServers.postgres().uri() + "'}\n");
        Files.createDirectories(dir.resolve("conf/queries"));
        Path queries = dir.resolve("conf/queries/db.sql");
        Files.writeString(queries, "-- name: good\nselect 1\n");
        assertThat(Called.with("check", "--connect", "--conf", conf).out()).contains("source db  ready\n");
        Files.writeString(queries, "-- name: good\nselect 1\n-- name: bad\nselect nothing from nowhere\n");
        Called called = Called.with("check", "--connect", "--conf", conf);
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.out())
                .contains(queries + ":3:1: query bad: ")
                .contains("(42P01): relation \"nowhere\" does not exist");
    }

    @Test
    void conf_thatIsNotThere_isAProblem() throws IOException {
        Called called = Called.with("check", "--conf", dir.resolve("nowhere").toString());
        assertThat(called).extracting(Called::code).isEqualTo(2);
        assertThat(called.err()).contains("there is no such configuration folder");
    }
}
