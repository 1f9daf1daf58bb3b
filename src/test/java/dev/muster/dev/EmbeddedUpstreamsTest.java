package dev.muster.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.config.Mapping;
import dev.muster.config.Position;
import dev.muster.config.ProblemsException;
import dev.muster.config.SourceConfig;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedUpstreamsTest {
    @TempDir
    private Path conf;

    private final EmbeddedUpstreams embedding = new EmbeddedUpstreams();

    @BeforeEach
    void folder() throws IOException {
        Files.createDirectory(conf.resolve("dev"));
    }

    @Test
    void start_servesTheRoutesOfEachSource_untilItIsClosed() throws Exception {
        write("shop.yaml", "routes: {'GET /name': {text: shop}}");
        write("stock.json", "{\"routes\": {\"GET /name\": {\"text\": \"stock\"}}}");
        List<String> said = new ArrayList<>();

        Map<String, String> addresses = embedding.start(List.of(source("shop"), source("stock")), said::add);

        assertThat(get(addresses.get("shop") + "/name")).isEqualTo("shop");
        assertThat(get(addresses.get("stock") + "/name")).isEqualTo("stock");
        assertThat(said)
                .containsExactly("embedded: shop " + addresses.get("shop") + ", stock " + addresses.get("stock"));
        embedding.close();
        embedding.close();
        assertThatThrownBy(() -> get(addresses.get("shop") + "/name")).isInstanceOf(ConnectException.class);
    }

    @Test
    void start_withoutRoutes_saysWhereTheyBelong() {
        assertThatThrownBy(() -> embedding.start(List.of(source("shop")), line -> {}))
                .isInstanceOf(ProblemsException.class)
                .hasMessageContaining("muster.yaml:3:5: the source \"shop\" is embedded")
                .hasMessageContaining(Path.of("dev", "shop.yaml").toString());
    }

    @Test
    void placeholder_readsTheRoutes_soThatACheckFindsTheirMistakes() throws Exception {
        write("shop.yaml", "routes: {'GET name': {}}");

        assertThatThrownBy(() -> embedding.placeholder(source("shop")))
                .isInstanceOf(ProblemsException.class)
                .hasMessageContaining("shop.yaml:1:10: the path \"name\" must begin with /");
    }

    @Test
    void kinds_areHttpAlone() {
        assertThat(embedding.kinds()).containsExactly("http");
    }

    private SourceConfig source(String name) {
        Position at = new Position(conf.resolve("muster.yaml").toString(), 3, 5);
        return new SourceConfig(name, "http", Mapping.empty(at), at);
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(conf.resolve("dev").resolve(name), text);
    }

    private static String get(String url) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
                .body();
    }
}
