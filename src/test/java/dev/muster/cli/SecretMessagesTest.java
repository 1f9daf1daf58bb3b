package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What messages about a configuration show of its secrets. */
@Timeout(60)
class SecretMessagesTest {

    private static final String SECRET = "s3cret-word";

    @TempDir
    Path dir;

    private String conf;

    @BeforeEach
    void folder() throws IOException {
        conf = Files.createDirectories(dir.resolve("conf/plans")).getParent().toString();
    }

    private Called check(String config, String... more) throws IOException {
        Files.writeString(dir.resolve("conf/muster.yaml"), config);
        String[] all = new String[3 + more.length];
        System.arraycopy(new String[] {"check", "--conf", conf}, 0, all, 0, 3);
        System.arraycopy(more, 0, all, 3, more.length);
        return Called.with(all);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "server: {port: '${secret:TEST_SECRET}'}",
                "server: {drain: '${secret:TEST_SECRET}'}",
                "server: {transport: '${secret:TEST_SECRET}'}",
                "server: {cors: ['${secret:TEST_SECRET}']}",
                "server: {limits: {body: '${secret:TEST_SECRET}'}}",
                "server: {jwt: {jwks: '${secret:TEST_SECRET}', issuer: a, audience: b}}",
                "sources: {a: {http: '${secret:TEST_SECRET}'}}",
                "sources: {a: {http: 'http://h', tls: {trust: '${secret:TEST_SECRET}'}}}",
                "sources: {a: {postgres: '${secret:TEST_SECRET}'}}",
                "sources: {a: {postgres: 'postgres://h/x?${secret:TEST_SECRET}=1'}}",
                "sources: {a: {mysql: 'mysql://h/x?${secret:TEST_SECRET}=1'}}",
                "sources: {a: {mongo: 'mongodb://h/x?tls=true', tls: {trust: '${secret:TEST_SECRET}'}}}",
                "queues: {q: {store: '${secret:TEST_SECRET}'}}",
                "queues: {q: {store: memory, backoff: '${secret:TEST_SECRET}'}}",
                "cluster: {on: true, members: ['${secret:TEST_SECRET}:x']}",
                "callers: {a: {key: '${secret:TEST_SECRET}'}}"
            })
    void problem_neverRepeatsASecret(String config) throws IOException {
        Called called = check(config);
        assertThat(called.code()).as(called.out()).isEqualTo(2);
        assertThat(called.err()).contains("muster.yaml:1:").doesNotContain(SECRET);
    }

    @Test
    void privateKeyInThePlaceOfItsFile_isNotRepeated() throws IOException {
        Files.writeString(
                dir.resolve("conf/key.pem"), "-----BEGIN PRIVATE KEY-----\nMIIBVgIBADAN\n-----END PRIVATE KEY-----");
        Called called = check("sources: {a: {http: 'http://h', tls: {cert: x, key: '${file:key.pem}'}}}");
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err())
                .contains("key of tls of source a: the file *** cannot be read")
                .doesNotContain("MIIBVgIBADAN");
    }

    @Test
    void fileThatIsNotThere_isSaidOnce() throws IOException {
        Called called = check("callers: {a: {key: '${file:keys/none}'}}\n");
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err().strip())
                .endsWith("muster.yaml:1:20: the secret's file "
                        + Path.of(conf).toAbsolutePath().resolve("keys/none") + " does not exist")
                .hasLineCount(1);
    }

    @Test
    void variableInAHeaderOfASecret_isWarnedOf_andChecksAllTheSame() throws IOException {
        Called called = check("sources: {a: {http: 'http://h', headers: {x-api-key: '${env:TEST_SECRET}'}}}");
        assertThat(called.code()).isZero();
        assertThat(called.err())
                .contains(
                        "muster.yaml:1:54: the header x-api-key holds a secret; write ${secret:NAME} instead of ${env:NAME}")
                .doesNotContain(SECRET);
        assertThat(check("sources: {a: {http: 'http://h', headers: {x-api-key: '${secret:TEST_SECRET}'}}}")
                        .err())
                .isEmpty();
    }

    @Test
    void databases_areNamedWithoutSecrets() throws Exception {
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var refusing = new Thread(() -> refuse(server));
            refusing.setDaemon(true);
            refusing.start();
            String address = "127.0.0.1:" + server.getLocalPort();
            Called called = check("""
                    sources:
                      login: {postgres: 'postgres://app:${secret:TEST_SECRET}@%s/shop', optional: true}
                      name: {postgres: 'postgres://app:x@127.0.0.1:1/${secret:TEST_SECRET}', optional: true}
                      whole: {postgres: 'postgres://${secret:TEST_SECRET}@127.0.0.1:1', optional: true}
                      my: {mysql: 'mysql://app@${secret:TEST_SECRET}.invalid/x', optional: true}
                      mo: {mongo: 'mongodb://${secret:TEST_SECRET}.invalid,two.invalid/x', serverSelectionTimeout: 500ms, optional: true}
                      files: {file: '/none/${secret:TEST_SECRET}', optional: true}
                    """.formatted(address), "--connect");
            assertThat(called.code()).as(called.err()).isZero();
            assertThat(called.out())
                    .contains("no connection to login at " + address
                            + "/shop: the user or password is rejected (28P01):" + " the password *** is wrong")
                    .contains("no connection to name at 127.0.0.1:1/***: connection refused")
                    .contains("no connection to whole at 127.0.0.1:1/***: connection refused")
                    .contains("no connection to my at ***.invalid: the name cannot be resolved")
                    .contains("; ***.invalid: the name cannot be resolved")
                    .contains("two.invalid:27017")
                    .contains("the folder /none/*** does not exist");
            assertThat(called.out() + called.err()).doesNotContain(SECRET);
        }
    }

    /** Postgres as far as it refuses a log-in, and repeats the password by that. */
    private static void refuse(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                var in = new DataInputStream(client.getInputStream());
                in.readFully(new byte[in.readInt() - 4]);
                byte[] fields =
                        ("SFATAL\0C28P01\0Mthe password " + SECRET + " is wrong\0\0").getBytes(StandardCharsets.UTF_8);
                var out = new DataOutputStream(client.getOutputStream());
                out.writeByte('E');
                out.writeInt(4 + fields.length);
                out.write(fields);
                out.flush();
                in.read();
            } catch (IOException e) {
                // The test is over, or the client left.
            }
        }
    }
}
