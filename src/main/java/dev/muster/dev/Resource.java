package dev.muster.dev;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** Something in a jar of the class path that is to be unpacked, and the jar that it is in. */
final class Resource implements AutoCloseable {
    private final JarFile jar;
    private final JarEntry entry;

    private Resource(JarFile jar, JarEntry entry) {
        this.jar = jar;
        this.entry = entry;
    }

    /**
     * The one of this name.
     *
     * @throws Guarded.FailedException if it is not there
     */
    static Resource open(String name) throws IOException, Guarded.FailedException {
        URL url = Resource.class.getClassLoader().getResource(name);
        if (url == null || !(url.openConnection() instanceof JarURLConnection connection)) {
            throw new Guarded.FailedException(name + " is in no jar: run target/muster-dev.jar");
        }
        connection.setUseCaches(false);
        return new Resource(connection.getJarFile(), connection.getJarEntry());
    }

    /** Tells it from another version of itself. */
    String fingerprint() {
        return String.format("%08x", entry.getCrc());
    }

    /** Its bytes. */
    InputStream read() throws IOException {
        return jar.getInputStream(entry);
    }

    /** Unpacks those below a prefix in the same jar whose names behind it are wanted. */
    void unpack(String prefix, Predicate<String> wanted, Path target) throws IOException, InterruptedException {
        for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
            JarEntry next = entries.nextElement();
            if (next.isDirectory()
                    || !next.getName().startsWith(prefix)
                    || !wanted.test(next.getName().substring(prefix.length()))) {
                continue;
            }
            Path file =
                    target.resolve(next.getName().substring(prefix.length())).normalize();
            if (!file.startsWith(target)) {
                throw new IOException("a name that leads elsewhere: " + next.getName());
            }
            Files.createDirectories(file.resolveSibling("."));
            try (InputStream in = jar.getInputStream(next)) {
                copy(in, file);
            }
        }
    }

    private static void copy(InputStream in, Path file) throws IOException, InterruptedException {
        byte[] buffer = new byte[1 << 16];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        jar.close();
    }
}
