package dev.muster.node;

import dev.muster.connect.cpu.MusterFunction;
import io.vertx.core.spi.VerticleFactory;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/**
 * A folder of the class path that installs what tests add to a node: {@link WitnessedFunction} and
 * {@link WitnessedWorker}. No other test sees them.
 */
record Extensions(Path folder) {

    static Extensions write(Path folder) throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(MusterFunction.class.getName()), WitnessedFunction.class.getName());
        Files.writeString(services.resolve(VerticleFactory.class.getName()), WitnessedWorker.class.getName());
        return new Extensions(folder);
    }

    /** The class path of a process that has them. */
    String classPath() {
        return folder + System.getProperty("path.separator") + System.getProperty("java.class.path");
    }

    /** Starts something in this process that looks for them. */
    <T> T installed(Callable<T> starting) throws Exception {
        Thread here = Thread.currentThread();
        ClassLoader before = here.getContextClassLoader();
        try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
            here.setContextClassLoader(loader);
            return starting.call();
        } finally {
            here.setContextClassLoader(before);
        }
    }
}
