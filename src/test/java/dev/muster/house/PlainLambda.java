package dev.muster.house;

import static org.objectweb.asm.Opcodes.*;

import java.util.ArrayList;
import java.util.List;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/** The class that replaces a lambda. Its fields are the captured values. */
final class PlainLambda {
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

    PlainLambda(String name, String nest, String method, String reached, Object... given) {
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

    /** Emits the code that replaces the lambda. A lambda without captured values has one instance, as the JVM has it. */
    void reach(MethodVisitor code) {
        if (captured.length == 0) {
            code.visitFieldInsn(GETSTATIC, name, "ONE", type.getDescriptor());
        } else {
            code.visitMethodInsn(INVOKESTATIC, name, "of", reached, false);
        }
    }

    String name() {
        return name;
    }

    byte[] bytes() {
        int access = ACC_FINAL | ACC_SYNTHETIC | ACC_SUPER;
        writer.visit(V11, access, name, null, PlainLambdas.OBJECT, new String[] {type.getInternalName()});
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
        code.visitMethodInsn(INVOKESPECIAL, PlainLambdas.OBJECT, "<init>", "()V", false);
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
        code.visitMethodInsn(INVOKESPECIAL, name, "<init>", Type.getMethodDescriptor(Type.VOID_TYPE, captured), false);
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
            PlainConversion.of(code, captured[i], captured[i], wanted.get(i));
        }
        int slot = 1;
        Type[] taken = erased.getArgumentTypes();
        for (int i = 0; i < taken.length; i++) {
            code.visitVarInsn(taken[i].getOpcode(ILOAD), slot);
            PlainConversion.of(code, taken[i], actual.getArgumentTypes()[i], wanted.get(captured.length + i));
            slot += taken[i].getSize();
        }
        code.visitMethodInsn(call(), body.getOwner(), body.getName(), body.getDesc(), body.isInterface());
        Type got = makes ? Type.getObjectType(body.getOwner()) : Type.getReturnType(body.getDesc());
        Type given = erased.getReturnType();
        if (given.getSort() != Type.VOID) {
            PlainConversion.of(code, got, actual.getReturnType(), given);
        }
        end(code, given.getOpcode(IRETURN));
    }

    private int call() {
        return switch (body.getTag()) {
            case H_INVOKESTATIC -> INVOKESTATIC;
            case H_NEWINVOKESPECIAL -> INVOKESPECIAL;
            // This includes a private method of the same nest.
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
