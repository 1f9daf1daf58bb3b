package dev.muster.house;

import static org.objectweb.asm.Opcodes.*;

import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/** The conversions that the JVM makes between two signatures: casts, boxing, unboxing and widening. */
final class PlainConversion {

    private PlainConversion() {}

    /** Converts the value on the stack. {@code known} is the specialized type of a value whose erased type is {@code from}. */
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
        } else if (!to.getInternalName().equals(PlainLambdas.OBJECT)) {
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
