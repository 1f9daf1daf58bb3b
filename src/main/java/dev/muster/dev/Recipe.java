package dev.muster.dev;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** How one kind of server is set up and run from the binaries in the jar. */
interface Recipe {

    /** What people call it. */
    String what();

    /** The word for it in configurations, in addresses and in names of folders. */
    String kind();

    /**
     * Unpacks what has not been unpacked before, on this machine; called before anything below.
     *
     * @param progress takes a line for people if it takes seconds
     */
    void unpack(Consumer<String> progress) throws IOException, InterruptedException, Guarded.FailedException;

    /** Makes the data of an empty server in a folder that has none. */
    void setUp(DataFolder folder) throws IOException, InterruptedException, Guarded.FailedException;

    /** The words that run it in the foreground. */
    List<String> command(Path data, int port);

    /** Whether this line of its output says that it takes connections. */
    boolean isReady(String line);

    /** Whether this output says that somebody has taken the port. */
    default boolean isPortTaken(String output) {
        return output.contains("Address already in use");
    }

    /** The signal that stops it and keeps the data whole. */
    String stopSignal();

    /** The signal that stops it fast, where nobody needs the data. */
    String dropSignal();

    /** The database that is always there. */
    String firstDatabase();
}
