package dev.muster.connect.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;

/** What the head of a final response over HTTP/1.1 says of its connection. */
final class ConnectionUse {

    private static final int NO_CONTENT = 204;

    private ConnectionUse() {}

    /** Whether the connection may have no further exchange. */
    static boolean isLast(HttpResponse head) {
        HttpHeaders headers = head.headers();
        // Vert.x closes after "close" alone, not where it is one word of several.
        boolean closes = headers.get(HttpHeaderNames.CONNECTION) != null
                && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
        return closes || head.status().code() == NO_CONTENT && announcesABody(headers);
    }

    /** A 204 has none; who announces one may send it, at some later moment. */
    private static boolean announcesABody(HttpHeaders headers) {
        String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
        return length != null && !length.equals("0") || headers.contains(HttpHeaderNames.TRANSFER_ENCODING);
    }

    /**
     * Looks at how the body is wrapped.
     *
     * @throws Misbehaviour if that is neither by chunks nor not at all
     */
    static void refuseCodings(HttpResponse head) {
        String coding = head.headers().get(HttpHeaderNames.TRANSFER_ENCODING);
        if (coding != null && !coding.equalsIgnoreCase("chunked") && !coding.equalsIgnoreCase("identity")) {
            throw new Misbehaviour("has the transfer coding ", coding, ", which was not asked for");
        }
    }
}
