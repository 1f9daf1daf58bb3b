package dev.muster.connect.mysql;

import java.util.concurrent.CountDownLatch;

/** A process that runs one statement on a server and then waits until somebody ends it. */
final class KilledNode {
    private KilledNode() {}

    /** Takes the address and the statement. */
    public static void main(String[] args) throws InterruptedException {
        Bench db = Bench.at(args[0]);
        var unused = db.start("none", args[1]);
        new CountDownLatch(1).await();
    }
}
