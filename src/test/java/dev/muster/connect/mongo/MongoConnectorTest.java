package dev.muster.connect.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MongoConnectorTest {
    private final MongoRig db = new MongoRig();

    @AfterEach
    void nothingIsLeft() {
        assertThat(db.statistics().openCommands()).isZero();
        assertThat(db.statistics().openCursors()).isZero();
        assertThat(db.statistics().slots().inUse()).isZero();
        assertThat(db.statistics().unconfirmed()).isZero();
        db.close();
    }

    private void reviews() {
        db.run("""
                insert: reviews
                documents:
                  - {_id: 1, product: 7, stars: 5, at: 10}
                  - {_id: 2, product: 7, stars: 3, at: 30}
                  - {_id: 3, product: 7, stars: 4, at: 20}
                  - {_id: 4, product: 8, stars: 1, at: 40}
                """);
    }

    @Test
    void insert_givesCountAndIds() {
        Object result = db.run("insert: reviews\ndocuments: [{_id: a}, {_id: 2}, {n: 1}]");

        assertThat(((Map<?, ?>) result).get("inserted")).isEqualTo(3L);
        List<?> ids = (List<?>) ((Map<?, ?>) result).get("ids");
        assertThat(ids.get(0)).isEqualTo("a");
        assertThat(ids.get(1)).isEqualTo(2L);
        assertThat(ids.get(2)).asString().matches("[0-9a-f]{24}");
    }

    @Test
    void insert_ofOneDocument_needsNoList() {
        assertThat(db.run("insert: x\ndocuments: {_id: 1}")).isEqualTo(Map.of("inserted", 1L, "ids", List.of(1L)));
    }

    @Test
    void insert_ofNothing_doesNothing() {
        assertThat(db.run("insert: x\ndocuments: = input.a", List.of()))
                .isEqualTo(Map.of("inserted", 0L, "ids", List.of()));
    }

    @Test
    void find_takesTheDriversWords() {
        reviews();

        assertThat(db.run("""
                        find: reviews
                        filter: {product: = input.a, stars: {$gte: 4}}
                        projection: {_id: 0, stars: 1}
                        sort: {at: -1}
                        """, 7L)).isEqualTo(List.of(Map.of("stars", 4L), Map.of("stars", 5L)));
        assertThat(db.run("find: reviews\nsort: {_id: 1}\nskip: 1\nlimit: = input.a\nprojection: {_id: 1}", 2L))
                .isEqualTo(List.of(Map.of("_id", 2L), Map.of("_id", 3L)));
    }

    @Test
    void find_ofMoreThanABatch_givesAllInOrder() {
        db.run("insert: x\ndocuments: \"= lists.range(2000).map(i, {'_id': i})\"");

        assertThat((List<?>) db.run("find: x\nsort: {_id: 1}\nbatchSize: 100"))
                .hasSize(2000)
                .first()
                .isEqualTo(Map.of("_id", 0L));
        assertThat((List<?>) db.run("find: x")).hasSize(2000);
    }

    @Test
    void aggregate_runsAPipeline() {
        reviews();

        assertThat(db.run("""
                        aggregate: reviews
                        pipeline:
                          - $match: {product: = input.a}
                          - $group: {_id: $product, sum: {$sum: $stars}}
                        """, 7L)).isEqualTo(List.of(Map.of("_id", 7L, "sum", 12L)));
    }

    @Test
    void aggregate_withOut_writesAndGivesNothing() {
        FerretDb.lacks("$out");
        reviews();

        assertThat(db.run("aggregate: reviews\npipeline: [{$match: {product: 7}}, {$out: best}]"))
                .isEqualTo(List.of());
        assertThat(db.run("count: best")).isEqualTo(3L);
    }

    @Test
    void update_changesOneOrMany() {
        reviews();

        assertThat(db.run("update: reviews\nfilter: {product: 7}\nchanges: {$set: {seen: = input.a}}", true))
                .isEqualTo(counts(1, 1, null));
        assertThat(db.run("update: reviews\nfilter: {product: 7}\nchanges: {$inc: {stars: 1}}\nmany: true"))
                .isEqualTo(counts(3, 3, null));
        assertThat(db.run("update: reviews\nfilter: {_id: 9}\nchanges: {$set: {a: 1}}\nupsert: true"))
                .isEqualTo(counts(0, 0, 9L));
    }

    @Test
    void update_replacesADocument() {
        reviews();

        assertThat(db.run("update: reviews\nfilter: {_id: 1}\nreplacement: {stars: = input.a}", 2L))
                .isEqualTo(counts(1, 1, null));
        assertThat(db.run("find: reviews\nfilter: {_id: 1}")).isEqualTo(List.of(Map.of("_id", 1L, "stars", 2L)));
    }

    @Test
    void delete_takesOneOrMany() {
        reviews();

        assertThat(db.run("delete: reviews\nfilter: {product: 7}")).isEqualTo(Map.of("deleted", 1L));
        assertThat(db.run("delete: reviews\nfilter: {}\nmany: true")).isEqualTo(Map.of("deleted", 3L));
    }

    @Test
    void count_counts() {
        reviews();

        assertThat(db.run("count: reviews\nfilter: {stars: {$gte: 3}}")).isEqualTo(3L);
        assertThat(db.run("count: reviews\nlimit: 2")).isEqualTo(2L);
        assertThat(db.run("count: nowhere")).isEqualTo(0L);
    }

    @Test
    void duplicateKey_isAQueryErrorWithItsCode() {
        db.run("insert: x\ndocuments: [{_id: 1}]");

        MusterException error = db.failure("insert: x\ndocuments: [{_id: 2}, {_id: 1}, {_id: 3}]");

        assertThat(error.type()).isEqualTo(ErrorType.QUERY);
        assertThat(error.more()).containsEntry("code", 11000L).containsEntry("codeName", "DuplicateKey");
        assertThat(error.more()).containsEntry("index", 1L).containsKey("inserted");
        assertThat(error.detail())
                .startsWith("db: insert x: documents[1]: ")
                .contains("11000")
                .doesNotContain("dup key: {");
        assertThat(db.run("count: x")).isEqualTo(2L);
    }

    @Test
    void ready_isAnAnsweredPing() {
        Object nothing = db.rig.run(scope -> db.connector.ready(scope, "db"));

        assertThat(nothing).isNull();
    }

    private static Map<String, Object> counts(long matched, long modified, Object upsertedId) {
        var counts = new LinkedHashMap<String, Object>();
        counts.put("matched", matched);
        counts.put("modified", modified);
        counts.put("upsertedId", upsertedId);
        return counts;
    }
}
