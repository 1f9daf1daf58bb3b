package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class MigrateCommandTest extends CommandCase {

    private Called migrate(String config, String... words) throws IOException {
        Files.writeString(dir.resolve("conf/muster.yaml"), config);
        String[] all = new String[words.length + 3];
        all[0] = "migrate";
        System.arraycopy(words, 0, all, 1, words.length);
        all[words.length + 1] = "--conf";
        all[words.length + 2] = conf;
        return Called.with(all);
    }

    private static String config(String address) {
        return "sources: {db: {postgres: '" + address + "'}, other: {postgres: '" + address + "'}}\n"
                + "queues: {mail: {store: db}, news: {store: db}, fast: {store: memory}, far: {store: cluster}}\n";
    }

    @Test
    void schema_isMadeOnce() throws IOException {
        String config = config(TestServers.postgres().freshDatabase());

        Called before = migrate(config, "--status");
        assertThat(before.code()).as(before.err()).isEqualTo(1);
        assertThat(before.out()).startsWith("db  step 0 of ").contains("to do  001_tables");
        Called first = migrate(config);
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(first.out())
                .contains("done  001_tables")
                .contains("db  step ")
                .contains("up to date");
        Called second = migrate(config);
        assertThat(second.code()).isZero();
        assertThat(second.out()).doesNotContain("done").contains("up to date");
        assertThat(migrate(config, "--status").code()).isZero();
        assertThat(migrate(config, "other").out()).startsWith("other  step ");
    }

    @Test
    void databaseThatIsDown_isUnavailable() throws IOException {
        Called called = migrate(config("postgres://127.0.0.1:1/x"));

        assertThat(called.code()).isEqualTo(1);
        assertThat(called.err()).contains("unavailable").contains("connection refused");
    }

    @Test
    void databaseThatSaysNothing_isUnavailableInTime() throws IOException {
        try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Called called = migrate("sources: {db: {postgres: 'postgres://127.0.0.1:" + silent.getLocalPort()
                    + "/x', connectTimeout: 200ms}}\nqueues: {mail: {store: db}}\n");

            assertThat(called.code()).as(called.err()).isEqualTo(1);
            assertThat(called.err()).contains("unavailable").contains("did not respond for 200ms");
        }
    }

    @Test
    void unknownSource_isAnErrorThatSuggests() throws IOException {
        Called called = migrate(config("postgres://127.0.0.1:1/x"), "othr");

        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err()).contains("no source \"othr\"").contains("did you mean \"other\"?");
    }

    @Test
    void embeddedSource_isOfItsNode() throws IOException {
        Called called = migrate("sources: {db: {postgres: embedded}}\nqueues: {mail: {store: db}}\n");

        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err()).contains("is embedded");
    }

    @Test
    void noDurableQueue_isNothingToDo() throws IOException {
        Called called = migrate("queues: {mail: {store: memory}}");

        assertThat(called.code()).isZero();
        assertThat(called.out()).contains("nothing to do");
    }
}
