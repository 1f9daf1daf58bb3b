package dev.muster.connect.postgres;

import dev.muster.TestServers;
import dev.muster.connect.sql.NeighboursContract;
import dev.muster.connect.sql.SqlBench;
import java.util.List;

/** Random cancels on Postgres: each waits for the server's word, and none is left on its way. */
class PostgresNeighboursTest extends NeighboursContract {

    @Override
    protected String server() {
        return "Postgres";
    }

    @Override
    protected SqlBench bench(String... words) {
        return Bench.at(TestServers.postgres().freshDatabase(), words);
    }

    @Override
    protected String valueAfter(String seconds) {
        return "select $1::int from pg_sleep(" + seconds + ")";
    }

    @Override
    protected String rows(int count) {
        return "select seq from generate_series(1, " + count + ") seq order by seq";
    }

    @Override
    protected List<String> places() {
        return List.of("$1", "$2");
    }

    @Override
    protected int mostClosed(int cancels) {
        // On a machine with much else to do, a cancel may be unconfirmed for two seconds.
        return cancels / 100;
    }
}
