package dev.muster.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OwnedBodyTest {

    @Test
    void copy_isTheSameContent_inPlainObjectsAndArrays() {
        Map<String, Object> job = new LinkedHashMap<>(Map.of("body", new LinkedHashMap<>(Map.of("n", 1L))));
        Map<String, Object> content = new LinkedHashMap<>(Map.of("jobs", new ArrayList<>(List.of(job))));

        JsonObject delivered = new OwnedBody(content).copy();

        assertThat(delivered).isExactlyInstanceOf(JsonObject.class);
        assertThat(delivered.getMap()).isSameAs(content);
        JsonObject first = (JsonObject) delivered.getJsonArray("jobs").getList().get(0);
        assertThat(first.getMap()).isSameAs(job).containsEntry("body", new JsonObject().put("n", 1L));
    }

    @Test
    void copyOfWhatCannotBeChanged_canBeChanged() {
        Map<String, Object> content = Map.of("error", Map.of("why", List.of(Map.of("at", 1L), "text")));

        JsonObject delivered = new OwnedBody(content).copy();

        assertThat(delivered).isEqualTo(new JsonObject(content)).isEqualTo(new JsonObject(content).copy());
        delivered.getJsonObject("error").getJsonArray("why").add("more");
        assertThat(delivered.getJsonObject("error").getJsonArray("why")).hasSize(3);
    }

    @Test
    void encoded_isAsAPlainObject() {
        Map<String, Object> content = Map.of("jobs", List.of(Map.of("id", "7")));

        assertThat(new OwnedBody(content).toBuffer()).isEqualTo(new JsonObject(content).toBuffer());
    }
}
