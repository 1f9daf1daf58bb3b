package dev.muster.dev;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Sets up and runs one kind of server from the binaries in the jar. */
interface Recipe {

    /** The name for people. */
    String what();

    /** The word for this kind in configuration, addresses and folder names. */
    String kind();

    /**
     * Unpacks the binaries unless they are already unpacked on this machine. Must be called before the other methods.
     *
     * @param progress receives a line for people if a step takes seconds
     */
    void unpack(Consumer<String> progress) throws IOException, InterruptedException, Guarded.FailedException;

    /** Creates the data of an empty server in a folder without data. */
    void setUp(DataFolder folder) throws IOException, InterruptedException, Guarded.FailedException;

    /** The command that runs the server in the foreground. */
    List<String> command(Path data, int port);

    /** Whether this line of output reports that the server accepts connections. */
    boolean isReady(String line);

    /** Whether this output reports that the port is in use. */
    default boolean isPortTaken(String output) {
        return output.contains("Address already in use");
    }

    /** The signal that stops the server and keeps the data consistent. */
    String stopSignal();

    /** The signal that stops the server quickly, if its data is not needed. */
    String dropSignal();

    /** A database that always exists. */
    String firstDatabase();
}
