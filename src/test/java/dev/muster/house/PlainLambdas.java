package dev.muster.house;

import static org.objectweb.asm.Opcodes.*;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * The last step of the build of the production jar, which links ahead of time what the JVM would link while a command starts.
 *
 * <p>Each lambda and method reference becomes a class of its own in the same nest, and each string concatenation a method that
 * appends to a builder. Every command reaches about 500 of them, and to link them takes half a second of CPU, most of it to
 * compile the JDK's own linking code. Classes older than Java 11 have no nests and stay unchanged, as do serializable lambdas.
 * Maven compiles and runs this class when it makes the jar, with only ASM on the class path.
 */
public final class PlainLambdas {

    private static final String LAMBDAS = "java/lang/invoke/LambdaMetafactory";
    private static final String TEXTS = "java/lang/invoke/StringConcatFactory";
    static final String OBJECT = "java/lang/Object";
    private static final String BUILDER = "java/lang/StringBuilder";
    private static final String FIRST_MADE = "$$Lambda";

    /** The classes that every command loads are stored uncompressed. */
    private static final List<String> STORED = List.of(
            "ch/qos/logback/",
            "com/fasterxml/jackson/core/",
            "dev/muster/",
            "io/netty/",
            "io/vertx/core/",
            "org/slf4j/",
            "org/snakeyaml/",
            "picocli/");

    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final Map<String, List<String>> nests = new TreeMap<>();
    private final Map<String, String> supers = new HashMap<>();

    private PlainLambdas() {}

    /** Rewrites a jar in place. The argument is its path. */
    public static void main(String[] args) throws IOException {
        Path jar = Path.of(args[0]);
        Path made = jar.resolveSibling(jar.getFileName() + ".made");
        try {
            write(jar, made);
            Files.move(made, jar, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(made);
        }
    }

    /** Returns the files and the classes that are generated for them, by path. */
    static Map<String, byte[]> rewritten(Map<String, byte[]> files) {
        var all = new PlainLambdas();
        files.forEach((path, bytes) -> {
            if (path.endsWith(".class")) {
                var reader = new ClassReader(bytes);
                all.supers.put(reader.getClassName(), reader.getSuperName());
            }
        });
        files.forEach((path, bytes) -> all.files.put(path, path.endsWith(".class") ? all.rewritten(bytes) : bytes));
        all.nests.forEach((host, members) ->
                all.files.computeIfPresent(host + ".class", (path, bytes) -> withMembers(bytes, members)));
        return all.files;
    }

    private static void write(Path jar, Path made) throws IOException {
        var entries = new LinkedHashMap<String, ZipEntry>();
        var read = new LinkedHashMap<String, byte[]>();
        try (var in = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : Collections.list(in.entries())) {
                entries.put(entry.getName(), entry);
                read.put(entry.getName(), in.getInputStream(entry).readAllBytes());
            }
        }
        ZipEntry first = entries.values().iterator().next();
        try (var out = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(made)))) {
            for (var file : rewritten(read).entrySet()) {
                var entry = new ZipEntry(file.getKey());
                entry.setTimeLocal(entries.getOrDefault(file.getKey(), first).getTimeLocal());
                if (STORED.stream().anyMatch(file.getKey()::startsWith)) {
                    store(entry, file.getValue());
                }
                out.putNextEntry(entry);
                out.write(file.getValue());
                out.closeEntry();
            }
        }
    }

    private static void store(ZipEntry entry, byte[] bytes) {
        var sum = new CRC32();
        sum.update(bytes);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(sum.getValue());
    }

    private byte[] rewritten(byte[] bytes) {
        var reader = new ClassReader(bytes);
        if (reader.readShort(6) < V11) {
            return bytes;
        }
        var host = new Host(reader);
        reader.accept(host, 0);
        return host.touched ? host.writer.toByteArray() : bytes;
    }

    private static byte[] withMembers(byte[] bytes, List<String> members) {
        var reader = new ClassReader(bytes);
        var writer = new ClassWriter(reader, 0);
        reader.accept(
                new ClassVisitor(ASM9, writer) {
                    @Override
                    public void visitEnd() {
                        members.forEach(this::visitNestMember);
                        super.visitEnd();
                    }
                },
                0);
        return writer.toByteArray();
    }

    /** A class whose methods link something when they are first reached. */
    private final class Host extends ClassVisitor {
        private final ClassWriter writer;
        private final List<Runnable> added = new ArrayList<>();
        private final Set<String> declared = new HashSet<>();
        private String name = "";
        private String nest = "";
        private boolean isInterface;
        private boolean touched;
        private int count;

        Host(ClassReader reader) {
            super(ASM9);
            writer = new ClassWriter(reader, 0);
            cv = writer;
            reader.accept(
                    new ClassVisitor(ASM9) {
                        @Override
                        public MethodVisitor visitMethod(
                                int access, String name, String descriptor, String signature, String[] exceptions) {
                            declared.add(name + descriptor);
                            return null;
                        }
                    },
                    ClassReader.SKIP_CODE);
        }

        @Override
        public void visit(
                int version, int access, String name, String signature, String superName, String[] interfaces) {
            this.name = name;
            this.nest = name;
            this.isInterface = (access & ACC_INTERFACE) != 0;
            super.visit(version, access, name, signature, superName, interfaces);
        }

        @Override
        public void visitNestHost(String host) {
            nest = host;
            super.visitNestHost(host);
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            return new MethodVisitor(ASM9, super.visitMethod(access, name, descriptor, signature, exceptions)) {
                @Override
                public void visitInvokeDynamicInsn(String word, String type, Handle bootstrap, Object... given) {
                    String by = bootstrap.getOwner() + "." + bootstrap.getName();
                    if (by.equals(LAMBDAS + ".metafactory") && isOwn((Handle) given[1])) {
                        lambda(mv, new PlainLambda(made(), nest, word, type, given));
                    } else if (by.equals(TEXTS + ".makeConcatWithConstants") && given.length == 1) {
                        text(mv, type, (String) given[0]);
                    } else {
                        super.visitInvokeDynamicInsn(word, type, bootstrap, given);
                    }
                }
            };
        }

        @Override
        public void visitEnd() {
            added.forEach(Runnable::run);
            super.visitEnd();
        }

        /**
         * Whether the lambda's class can call the method. An inherited method of another package can be protected, so that only
         * the class itself can call it.
         */
        private boolean isOwn(Handle called) {
            if (called.getOwner().equals(name)) {
                return declared.contains(called.getName() + called.getDesc());
            }
            String above = supers.get(name);
            while (above != null && !above.equals(called.getOwner())) {
                above = supers.get(above);
            }
            return above == null;
        }

        private String made() {
            return name + FIRST_MADE + count++;
        }

        private void lambda(MethodVisitor code, PlainLambda lambda) {
            touched = true;
            lambda.reach(code);
            files.put(lambda.name() + ".class", lambda.bytes());
            nests.computeIfAbsent(nest, host -> new ArrayList<>()).add(lambda.name());
        }

        private void text(MethodVisitor code, String type, String recipe) {
            touched = true;
            String method = "text$" + count++;
            code.visitMethodInsn(INVOKESTATIC, name, method, type, isInterface);
            added.add(() -> {
                int access = ACC_PRIVATE | ACC_STATIC | ACC_SYNTHETIC;
                append(writer.visitMethod(access, method, type, null, null), type, recipe);
            });
        }

        /** Emits the concatenation of a recipe, in which {@code \1} stands for the next argument. */
        private static void append(MethodVisitor code, String type, String recipe) {
            int slot = 0;
            code.visitCode();
            code.visitTypeInsn(NEW, BUILDER);
            code.visitInsn(DUP);
            code.visitMethodInsn(INVOKESPECIAL, BUILDER, "<init>", "()V", false);
            Type[] arguments = Type.getArgumentTypes(type);
            String[] between = recipe.split("\1", -1);
            for (int i = 0; i < between.length; i++) {
                if (!between[i].isEmpty()) {
                    code.visitLdcInsn(between[i]);
                    append(code, Type.getType(String.class));
                }
                if (i < arguments.length) {
                    code.visitVarInsn(arguments[i].getOpcode(ILOAD), slot);
                    slot += arguments[i].getSize();
                    append(code, arguments[i]);
                }
            }
            code.visitMethodInsn(INVOKEVIRTUAL, BUILDER, "toString", "()Ljava/lang/String;", false);
            code.visitInsn(ARETURN);
            code.visitMaxs(4, slot);
            code.visitEnd();
        }

        private static void append(MethodVisitor code, Type value) {
            String as = switch (value.getSort()) {
                case Type.BYTE, Type.SHORT -> "I";
                case Type.OBJECT, Type.ARRAY ->
                    value.getClassName().equals("java.lang.String") ? "Ljava/lang/String;" : "Ljava/lang/Object;";
                default -> value.getDescriptor();
            };
            code.visitMethodInsn(INVOKEVIRTUAL, BUILDER, "append", "(" + as + ")L" + BUILDER + ";", false);
        }
    }
}
