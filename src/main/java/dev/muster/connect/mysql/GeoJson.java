package dev.muster.connect.mysql;

import io.vertx.mysqlclient.data.spatial.Geometry;
import io.vertx.mysqlclient.data.spatial.GeometryCollection;
import io.vertx.mysqlclient.data.spatial.LineString;
import io.vertx.mysqlclient.data.spatial.MultiLineString;
import io.vertx.mysqlclient.data.spatial.MultiPoint;
import io.vertx.mysqlclient.data.spatial.MultiPolygon;
import io.vertx.mysqlclient.data.spatial.Point;
import io.vertx.mysqlclient.data.spatial.Polygon;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Converts geometries to GeoJSON (RFC 7946). Coordinates keep the server's order. */
final class GeoJson {
    private GeoJson() {}

    /** The GeoJSON object: {@code {type, coordinates}}, or {@code {type, geometries}} for a collection. */
    static Map<String, Object> of(Geometry geometry) {
        var object = new LinkedHashMap<String, Object>();
        object.put("type", geometry.getClass().getSimpleName());
        if (geometry instanceof GeometryCollection collection) {
            List<Object> parts =
                    collection.getGeometries().stream().<Object>map(GeoJson::of).toList();
            object.put("geometries", parts);
        } else {
            object.put("coordinates", coordinates(geometry));
        }
        return object;
    }

    private static List<Object> coordinates(Geometry geometry) {
        if (geometry instanceof Point point) {
            return List.of(point.getX(), point.getY());
        }
        if (geometry instanceof LineString line) {
            return all(line.getPoints());
        }
        if (geometry instanceof Polygon polygon) {
            return all(polygon.getLineStrings());
        }
        if (geometry instanceof MultiPoint points) {
            return all(points.getPoints());
        }
        if (geometry instanceof MultiLineString lines) {
            return all(lines.getLineStrings());
        }
        if (geometry instanceof MultiPolygon polygons) {
            return all(polygons.getPolygons());
        }
        throw new IllegalArgumentException(
                "a geometry of class " + geometry.getClass().getName());
    }

    private static List<Object> all(List<? extends Geometry> parts) {
        return parts.stream().<Object>map(GeoJson::coordinates).toList();
    }
}
