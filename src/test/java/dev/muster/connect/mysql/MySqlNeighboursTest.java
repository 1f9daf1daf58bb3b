package dev.muster.connect.mysql;

import dev.muster.TestServers;
import dev.muster.connect.sql.NeighboursContract;
import dev.muster.connect.sql.SqlBench;
import java.util.List;

/** Random cancels on MariaDB: each waits until its kill has been answered. */
class MySqlNeighboursTest extends NeighboursContract {

    @Override
    protected String server() {
        return "MariaDB";
    }

    @Override
    protected SqlBench bench(String... words) {
        return Bench.at(TestServers.mysql().freshDatabase(), words);
    }

    @Override
    protected String valueAfter(String seconds) {
        return "select ? + sleep(" + seconds + ")";
    }

    @Override
    protected String rows(int count) {
        return "select seq from seq_1_to_" + count + " order by seq";
    }

    @Override
    protected List<String> places() {
        return List.of("?", "?");
    }

    /** Seldom MariaDB neither answers a kill nor ends the query within 2 s; that costs a connection and nobody else. */
    @Override
    protected int mostClosed(int cancels) {
        return cancels / 100;
    }
}
