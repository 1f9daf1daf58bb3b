package dev.muster.connect.postgres;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Postgres type, as far as its values require it.
 *
 * @param name the name for messages
 * @param kind how values are read and written
 * @param element the element type of an array; null for other types
 * @param delimiter the delimiter between the elements of an array of this type
 */
record PgType(String name, Kind kind, @Nullable PgType element, char delimiter) {

    /** How values are read and written. */
    enum Kind {
        BOOLEAN,
        WHOLE,
        NUMBER,
        TEXT,
        BYTES,
        JSON,
        TIMESTAMP,
        TIMESTAMP_TZ,
        TIME_TZ,
        ARRAY,
        /** Text as Postgres writes it. */
        OTHER
    }

    private static final char COMMA = ',';

    static final PgType UNKNOWN = new PgType("unknown", Kind.OTHER, null, COMMA);

    private static final Map<Integer, PgType> BUILT_IN = new HashMap<>();

    static {
        add("bool", Kind.BOOLEAN, 16, 1000);
        add("int2", Kind.WHOLE, 21, 1005);
        add("int4", Kind.WHOLE, 23, 1007);
        add("int8", Kind.WHOLE, 20, 1016);
        add("oid", Kind.WHOLE, 26, 1028);
        add("float4", Kind.NUMBER, 700, 1021);
        add("float8", Kind.NUMBER, 701, 1022);
        add("numeric", Kind.NUMBER, 1700, 1231);
        add("text", Kind.TEXT, 25, 1009);
        add("varchar", Kind.TEXT, 1043, 1015);
        add("bpchar", Kind.TEXT, 1042, 1014);
        add("char", Kind.TEXT, 18, 1002);
        add("name", Kind.TEXT, 19, 1003);
        add("bytea", Kind.BYTES, 17, 1001);
        add("json", Kind.JSON, 114, 199);
        add("jsonb", Kind.JSON, 3802, 3807);
        add("timestamp", Kind.TIMESTAMP, 1114, 1115);
        add("timestamptz", Kind.TIMESTAMP_TZ, 1184, 1185);
        add("timetz", Kind.TIME_TZ, 1266, 1270);
        add("date", Kind.OTHER, 1082, 1182);
        add("time", Kind.OTHER, 1083, 1183);
        add("interval", Kind.OTHER, 1186, 1187);
        add("uuid", Kind.OTHER, 2950, 2951);
        add("money", Kind.OTHER, 790, 791);
        add("inet", Kind.OTHER, 869, 1041);
        add("cidr", Kind.OTHER, 650, 651);
        add("macaddr", Kind.OTHER, 829, 1040);
        add("macaddr8", Kind.OTHER, 774, 775);
        add("bit", Kind.OTHER, 1560, 1561);
        add("varbit", Kind.OTHER, 1562, 1563);
        add("xml", Kind.OTHER, 142, 143);
        add("point", Kind.OTHER, 600, 1017);
        add("line", Kind.OTHER, 628, 629);
        add("lseg", Kind.OTHER, 601, 1018);
        add("box", Kind.OTHER, 603, 1020);
        add("path", Kind.OTHER, 602, 1019);
        add("polygon", Kind.OTHER, 604, 1027);
        add("circle", Kind.OTHER, 718, 719);
        add("tsvector", Kind.OTHER, 3614, 3643);
        add("tsquery", Kind.OTHER, 3615, 3645);
        add("int4range", Kind.OTHER, 3904, 3905);
        add("int8range", Kind.OTHER, 3926, 3927);
        add("numrange", Kind.OTHER, 3906, 3907);
        add("tsrange", Kind.OTHER, 3908, 3909);
        add("tstzrange", Kind.OTHER, 3910, 3911);
        add("daterange", Kind.OTHER, 3912, 3913);
        BUILT_IN.put(705, new PgType("unknown", Kind.TEXT, null, COMMA));
        BUILT_IN.put(2278, new PgType("void", Kind.OTHER, null, COMMA));
    }

    private static void add(String name, Kind kind, int oid, int arrayOid) {
        var type = new PgType(name, kind, null, name.equals("box") ? ';' : COMMA);
        BUILT_IN.put(oid, type);
        BUILT_IN.put(arrayOid, arrayOf(type));
    }

    /** The type with this fixed object identifier on every server; null if there is none. */
    static @Nullable PgType builtIn(int oid) {
        return BUILT_IN.get(oid);
    }

    static PgType arrayOf(PgType element) {
        return new PgType(element.name + "[]", Kind.ARRAY, element, element.delimiter);
    }
}
