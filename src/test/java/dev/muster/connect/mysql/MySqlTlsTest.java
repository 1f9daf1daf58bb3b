package dev.muster.connect.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.connect.http.TestKeys;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Encrypted connections, and what is checked of the server. */
class MySqlTlsTest {
    @TempDir
    private static Path folder;

    private static TestKeys keys;
    private static TlsRelay relay;

    @BeforeAll
    static void open() throws Exception {
        keys = TestKeys.make(folder, "localhost");
        relay = new TlsRelay(TestServers.mysql().freshDatabase(), keys);
    }

    @AfterAll
    static void close() throws Exception {
        relay.close();
    }

    private static String trust() {
        return "tls: {trust: '" + keys.cert() + "'}";
    }

    /** The first use of TLS in a JVM takes its time. */
    private static Bench at(String host, String sslMode, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.add("connectTimeout: 15s");
        return Bench.at(relay.address(host, sslMode), all.toArray(String[]::new));
    }

    private static void answers(Bench db) {
        try (db) {
            assertThat(db.value("select 1")).isEqualTo(1L);
        }
    }

    private static void refuses(Bench db) {
        try (db) {
            MusterException error = db.fail("value", "select 1");
            assertThat(error.type()).isEqualTo(ErrorType.UNAVAILABLE);
            assertThat(error.detail()).contains("TLS failed");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"preferred", "required"})
    void unchecked_isEncryptedWithWhomever(String mode) {
        answers(at("127.0.0.1", mode));
    }

    @Test
    void verifyCa_wantsTrust_andNoName() {
        answers(at("127.0.0.1", "verify_ca", trust()));
        refuses(at("127.0.0.1", "verify_ca"));
    }

    @Test
    void verifyIdentity_wantsTheNameToo() {
        answers(at("localhost", "verify_identity", trust()));
        refuses(at("127.0.0.1", "verify_identity", trust()));
        refuses(at("localhost", "verify_identity"));
    }
}
