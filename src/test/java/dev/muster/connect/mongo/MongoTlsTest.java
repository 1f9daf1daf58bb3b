package dev.muster.connect.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import dev.muster.config.Problems;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MongoTlsTest {
    @TempDir
    Path dir;

    private final MongoServer server = new MongoServer(new MemoryBackend());
    private Path cert;
    private String uri;

    @BeforeEach
    void start() throws Exception {
        KeyStore keys = keys(dir.resolve("keys.p12"));
        var certificate = (X509Certificate) keys.getCertificate("it");
        cert = Files.writeString(
                dir.resolve("ca.pem"),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        server.enableSsl((PrivateKey) keys.getKey("it", "changeit".toCharArray()), null, certificate);
        server.bind("localhost", 0);
        uri = "mongodb://localhost:" + server.getLocalAddress().getPort() + "/d?tls=true";
    }

    @AfterEach
    void stop() {
        server.shutdownNow();
    }

    private static KeyStore keys(Path store) throws Exception {
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String words =
                "-genkeypair -alias it -keyalg EC -groupname secp256r1 -dname CN=localhost -ext san=dns:localhost"
                        + " -validity 2 -storetype PKCS12 -storepass changeit -keystore";
        var command = new ArrayList<>(List.of(keytool));
        command.addAll(List.of(words.split(" ")));
        command.add(store.toString());
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(store)) {
            keys.load(in, "changeit".toCharArray());
        }
        return keys;
    }

    @Test
    void trustedServer_answersOverTls() {
        try (var db = new MongoRig("mongo: '" + uri + "'\ntls: {trust: '" + cert + "'}")) {
            db.run("insert: x\ndocuments: {_id: 1}");

            assertThat(db.run("find: x")).isEqualTo(List.of(Map.of("_id", 1L)));
        }
    }

    @Test
    void unknownServer_isUnavailableAndSaysTls() {
        try (var db = new MongoRig("mongo: '" + uri + "'\nserverSelectionTimeout: 500ms")) {
            MusterException error = db.failure("find: x");

            assertThat(error.type()).isEqualTo(ErrorType.UNAVAILABLE);
            assertThat(error.detail()).contains("TLS failed");
        }
    }

    @Test
    void fileThatIsNoCertificate_isAProblem() throws Exception {
        Path wrong = Files.writeString(dir.resolve("wrong.pem"), "hello");
        var problems = new Problems();

        MongoRig.settings("mongo: '" + uri + "'\ntls: {trust: '" + wrong + "'}", problems);
        MongoRig.settings("mongo: '" + uri + "'\ntls: {trust: nowhere.pem}", problems);
        MongoRig.settings("mongo: 'mongodb://h/d'\ntls: {trust: '" + cert + "'}", problems);

        assertThat(problems.list().toString())
                .contains("holds no certificates (PEM)")
                .contains("nowhere.pem cannot be read")
                .contains("needs an address with tls=true");
    }
}
