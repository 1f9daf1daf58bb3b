package dev.muster.dev;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/** A process that starts servers and then waits until somebody ends it; without a further word they have no folder. */
final class Holder {
    private Holder() {}

    /** Prints a line when all of them are there. */
    public static void main(String[] args) throws InterruptedException {
        Optional<Path> lasting = args.length == 0 ? Optional.empty() : Optional.of(Path.of(args[0]));
        List<Callable<DatabaseServer>> starts = List.of(
                () -> DatabaseServer.postgres(lasting, line -> {}), () -> DatabaseServer.mysql(lasting, line -> {}));
        System.out.println("starting");
        EmbeddedServices.concurrently("start", starts);
        System.out.println("started");
        new CountDownLatch(1).await();
    }
}
