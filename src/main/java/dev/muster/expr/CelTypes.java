package dev.muster.expr;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.NullableType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The CEL types of the variables of one scope. */
final class CelTypes implements CelTypeProvider {

    private final Map<String, CelType> structs = new HashMap<>();

    /** The CEL type for a type. A map with known fields becomes a message type whose name cannot be written in a source. */
    CelType of(String path, Type type) {
        if (type instanceof Type.Simple simple) {
            return switch (simple) {
                case STRING -> SimpleType.STRING;
                case INTEGER -> SimpleType.INT;
                case BOOLEAN -> SimpleType.BOOL;
                // A number is a whole number or a decimal, and CEL has no type for that.
                case NUMBER, ANY -> SimpleType.DYN;
            };
        }
        if (type instanceof Type.ListOf list) {
            return ListType.create(of(path + "[]", list.element()));
        }
        if (type instanceof Type.MapOf map) {
            return MapType.create(SimpleType.STRING, of(path + "[]", map.value()));
        }
        return type instanceof Type.Fields fields ? struct(path, fields) : nullable(((Type.Nullable) type).type());
    }

    private CelType struct(String path, Type.Fields fields) {
        Map<String, CelType> types = new HashMap<>();
        fields.fields().forEach((name, type) -> types.put(name, of(path + "." + name, type)));
        String name = "{" + path + "}";
        StructType struct = StructType.create(
                name, ImmutableSet.copyOf(types.keySet()), field -> Optional.ofNullable(types.get(field)));
        structs.put(name, struct);
        return struct;
    }

    private static CelType nullable(Type type) {
        if (type == Type.STRING) {
            return NullableType.create(SimpleType.STRING);
        }
        if (type == Type.INTEGER) {
            return NullableType.create(SimpleType.INT);
        }
        return type == Type.BOOLEAN ? NullableType.create(SimpleType.BOOL) : SimpleType.DYN;
    }

    @Override
    public ImmutableCollection<CelType> types() {
        return ImmutableList.copyOf(structs.values());
    }

    @Override
    public Optional<CelType> findType(String typeName) {
        return Optional.ofNullable(structs.get(typeName));
    }
}
