package dev.muster.house;

import static org.objectweb.asm.Opcodes.*;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * The last step of the build of the production jar: what the JVM would link while a command starts is made ready.
 *
 * <p>Each lambda and method reference becomes a class of its own, a member of the same nest, and each concatenation of strings
 * a method that appends to a builder. Half a thousand of them are reached by every command, and to link them costs half a
 * second of CPU, most of it in compiling the JDK's own code for linking. Classes older than Java 11 have no nests and stay as
 * they are, as do lambdas that can be serialized. Run by Maven from its source, with ASM on the class path.
 */
public final class PlainLambdas {

    private static final String LAMBDAS = "java/lang/invoke/LambdaMetafactory";
    private static final String TEXTS = "java/lang/invoke/StringConcatFactory";
    private static final String OBJECT = "java/lang/Object";
    private static final String BUILDER = "java/lang/StringBuilder";
    private static final String FIRST_MADE = "$$Lambda";

    /** What every command loads is not compressed. */
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

    private PlainLambdas() {}

    /** Rewrites the jar that is named, in its place. */
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

    /** These files and what is made of the classes among them, by path. */
    static Map<String, byte[]> rewritten(Map<String, byte[]> files) {
        var all = new PlainLambdas();
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
        private String name = "";
        private String nest = "";
        private boolean isInterface;
        private boolean touched;
        private int count;

        Host(ClassReader reader) {
            super(ASM9);
            writer = new ClassWriter(reader, 0);
            cv = writer;
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
                    if (by.equals(LAMBDAS + ".metafactory")) {
                        lambda(mv, new Lambda(made(), nest, word, type, given));
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

        private String made() {
            return name + FIRST_MADE + count++;
        }

        private void lambda(MethodVisitor code, Lambda lambda) {
            touched = true;
            lambda.reach(code);
            files.put(lambda.name + ".class", lambda.bytes());
            nests.computeIfAbsent(nest, host -> new ArrayList<>()).add(lambda.name);
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

        /** What the recipe says, where {@code \1} stands for the next argument. */
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

    /** The class that stands for a lambda: its fields are what the lambda has captured. */
    private static final class Lambda {
        private final ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        private final String name;
        private final String nest;
        private final String method;
        private final String reached;
        private final Type[] captured;
        private final Type type;
        private final Type erased;
        private final Handle body;
        private final Type actual;

        Lambda(String name, String nest, String method, String reached, Object... given) {
            this.name = name;
            this.nest = nest;
            this.method = method;
            this.reached = reached;
            this.captured = Type.getArgumentTypes(reached);
            this.type = Type.getReturnType(reached);
            this.erased = (Type) given[0];
            this.body = (Handle) given[1];
            this.actual = (Type) given[2];
        }

        /** What stands in the place of the lambda. One that captures nothing is made once, as before. */
        void reach(MethodVisitor code) {
            if (captured.length == 0) {
                code.visitFieldInsn(GETSTATIC, name, "ONE", type.getDescriptor());
            } else {
                code.visitMethodInsn(INVOKESTATIC, name, "of", reached, false);
            }
        }

        byte[] bytes() {
            int access = ACC_FINAL | ACC_SYNTHETIC | ACC_SUPER;
            writer.visit(V11, access, name, null, OBJECT, new String[] {type.getInternalName()});
            writer.visitNestHost(nest);
            constructor();
            maker();
            body();
            writer.visitEnd();
            return writer.toByteArray();
        }

        private void constructor() {
            MethodVisitor code = method(ACC_PRIVATE, "<init>", Type.getMethodDescriptor(Type.VOID_TYPE, captured));
            code.visitVarInsn(ALOAD, 0);
            code.visitMethodInsn(INVOKESPECIAL, OBJECT, "<init>", "()V", false);
            int slot = 1;
            for (int i = 0; i < captured.length; i++) {
                String field = captured[i].getDescriptor();
                writer.visitField(ACC_PRIVATE | ACC_FINAL, "c" + i, field, null, null)
                        .visitEnd();
                code.visitVarInsn(ALOAD, 0);
                code.visitVarInsn(captured[i].getOpcode(ILOAD), slot);
                code.visitFieldInsn(PUTFIELD, name, "c" + i, field);
                slot += captured[i].getSize();
            }
            end(code, RETURN);
        }

        private void maker() {
            boolean once = captured.length == 0;
            MethodVisitor code = once ? method(ACC_STATIC, "<clinit>", "()V") : method(ACC_STATIC, "of", reached);
            code.visitTypeInsn(NEW, name);
            code.visitInsn(DUP);
            int slot = 0;
            for (Type one : captured) {
                code.visitVarInsn(one.getOpcode(ILOAD), slot);
                slot += one.getSize();
            }
            code.visitMethodInsn(
                    INVOKESPECIAL, name, "<init>", Type.getMethodDescriptor(Type.VOID_TYPE, captured), false);
            if (once) {
                writer.visitField(ACC_STATIC | ACC_FINAL, "ONE", type.getDescriptor(), null, null)
                        .visitEnd();
                code.visitFieldInsn(PUTSTATIC, name, "ONE", type.getDescriptor());
            }
            end(code, once ? RETURN : ARETURN);
        }

        private void body() {
            MethodVisitor code = method(ACC_PUBLIC, method, erased.getDescriptor());
            boolean makes = body.getTag() == H_NEWINVOKESPECIAL;
            if (makes) {
                code.visitTypeInsn(NEW, body.getOwner());
                code.visitInsn(DUP);
            }
            var wanted = new ArrayList<Type>();
            if (!makes && body.getTag() != H_INVOKESTATIC) {
                wanted.add(Type.getObjectType(body.getOwner()));
            }
            wanted.addAll(List.of(Type.getArgumentTypes(body.getDesc())));
            for (int i = 0; i < captured.length; i++) {
                code.visitVarInsn(ALOAD, 0);
                code.visitFieldInsn(GETFIELD, name, "c" + i, captured[i].getDescriptor());
                Conversion.of(code, captured[i], captured[i], wanted.get(i));
            }
            int slot = 1;
            Type[] taken = erased.getArgumentTypes();
            for (int i = 0; i < taken.length; i++) {
                code.visitVarInsn(taken[i].getOpcode(ILOAD), slot);
                Conversion.of(code, taken[i], actual.getArgumentTypes()[i], wanted.get(captured.length + i));
                slot += taken[i].getSize();
            }
            code.visitMethodInsn(call(), body.getOwner(), body.getName(), body.getDesc(), body.isInterface());
            Type got = makes ? Type.getObjectType(body.getOwner()) : Type.getReturnType(body.getDesc());
            Type given = erased.getReturnType();
            if (given.getSort() != Type.VOID) {
                Conversion.of(code, got, actual.getReturnType(), given);
            }
            end(code, given.getOpcode(IRETURN));
        }

        private int call() {
            return switch (body.getTag()) {
                case H_INVOKESTATIC -> INVOKESTATIC;
                case H_NEWINVOKESPECIAL -> INVOKESPECIAL;
                // A private method of the nest, too, is called like any other.
                default -> body.isInterface() ? INVOKEINTERFACE : INVOKEVIRTUAL;
            };
        }

        private MethodVisitor method(int access, String called, String descriptor) {
            MethodVisitor code = writer.visitMethod(access, called, descriptor, null, null);
            code.visitCode();
            return code;
        }

        private static void end(MethodVisitor code, int instruction) {
            code.visitInsn(instruction);
            code.visitMaxs(0, 0);
            code.visitEnd();
        }
    }

    /** What the JVM does to a value between two signatures: a cast, boxing, unboxing, widening. */
    private static final class Conversion {

        private Conversion() {}

        /** Converts what is on the stack. {@code known} is what a value of the type {@code from} is known to be. */
        static void of(MethodVisitor code, Type from, Type known, Type to) {
            if (from.equals(to)) {
                return;
            }
            if (isPrimitive(from)) {
                if (isPrimitive(to)) {
                    widen(code, from, to);
                } else {
                    box(code, from);
                }
            } else if (isPrimitive(to)) {
                Type held = unboxed(known);
                Type value = held.equals(Type.VOID_TYPE) ? to : held;
                unbox(code, value);
                widen(code, value, to);
            } else if (!to.getInternalName().equals(OBJECT)) {
                code.visitTypeInsn(CHECKCAST, to.getInternalName());
            }
        }

        private static boolean isPrimitive(Type type) {
            return type.getSort() <= Type.DOUBLE;
        }

        private static void box(MethodVisitor code, Type value) {
            String box = box(value);
            code.visitMethodInsn(INVOKESTATIC, box, "valueOf", "(" + value.getDescriptor() + ")L" + box + ";", false);
        }

        private static void unbox(MethodVisitor code, Type value) {
            code.visitTypeInsn(CHECKCAST, box(value));
            code.visitMethodInsn(
                    INVOKEVIRTUAL, box(value), value.getClassName() + "Value", "()" + value.getDescriptor(), false);
        }

        private static void widen(MethodVisitor code, Type from, Type to) {
            boolean small = from.getSort() <= Type.INT;
            if (from.equals(to) || small && to.getSort() <= Type.INT) {
                return;
            }
            boolean toDouble = to.getSort() == Type.DOUBLE;
            boolean toFloat = to.getSort() == Type.FLOAT;
            if (small) {
                code.visitInsn(toDouble ? I2D : toFloat ? I2F : I2L);
            } else if (from.getSort() == Type.LONG) {
                code.visitInsn(toDouble ? L2D : L2F);
            } else {
                code.visitInsn(F2D);
            }
        }

        private static String box(Type value) {
            return "java/lang/"
                    + switch (value.getSort()) {
                        case Type.BOOLEAN -> "Boolean";
                        case Type.CHAR -> "Character";
                        case Type.BYTE -> "Byte";
                        case Type.SHORT -> "Short";
                        case Type.INT -> "Integer";
                        case Type.LONG -> "Long";
                        case Type.FLOAT -> "Float";
                        default -> "Double";
                    };
        }

        private static Type unboxed(Type box) {
            return switch (box.getInternalName()) {
                case "java/lang/Boolean" -> Type.BOOLEAN_TYPE;
                case "java/lang/Character" -> Type.CHAR_TYPE;
                case "java/lang/Byte" -> Type.BYTE_TYPE;
                case "java/lang/Short" -> Type.SHORT_TYPE;
                case "java/lang/Integer" -> Type.INT_TYPE;
                case "java/lang/Long" -> Type.LONG_TYPE;
                case "java/lang/Float" -> Type.FLOAT_TYPE;
                case "java/lang/Double" -> Type.DOUBLE_TYPE;
                default -> Type.VOID_TYPE;
            };
        }
    }
}
