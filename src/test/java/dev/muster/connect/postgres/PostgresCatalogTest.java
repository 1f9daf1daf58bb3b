package dev.muster.connect.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every table and view of the server's own is readable, whatever its types. */
class PostgresCatalogTest {
    private static Bench db;

    @BeforeAll
    static void open() {
        db = Bench.at(TestServers.postgres().freshDatabase(), "pool: 2", "maxRows: 10000", "maxResponse: 64MiB");
        db.all(
                "create type pair as (a int, b text)",
                "create table facts (id int, name text, at timestamptz, whole pair, many pair[], price numrange)",
                "insert into facts select n, 'name ' || n % 7, now(), row(n, 'b')::pair, array[row(n, 'c')::pair], '[1,2)'"
                        + " from generate_series(1, 500) n",
                "create statistics together (ndistinct, dependencies, mcv) on id, name from facts",
                "analyze facts",
                "alter table facts add column late int[] default '{1,2}'",
                "grant select on facts to public",
                "select lo_from_bytea(0, '\\x00ff')");
    }

    @AfterAll
    static void close() {
        db.close();
    }

    @TestFactory
    Stream<DynamicTest> tableOrView() {
        List<?> names = (List<?>)
                db.many(
                        "select c.oid::regclass::text as name, quote_ident(n.nspname) as schema"
                                + " from pg_class c join pg_namespace n on n.oid = c.relnamespace"
                                + " where n.nspname in ('pg_catalog', 'information_schema') and c.relkind in ('r', 'v', 'm') order by 1");
        assertThat(names).hasSizeGreaterThan(150);
        return names.stream()
                .map(row -> (Map<?, ?>) row)
                .map(row -> row.get("schema").equals("pg_catalog")
                        ? "pg_catalog." + row.get("name")
                        : row.get("name").toString())
                .map(name -> DynamicTest.dynamicTest(
                        name,
                        () -> assertThat(db.many("select * from " + name + " limit 10000"))
                                .isInstanceOf(List.class)));
    }
}
