package dev.muster.connect.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;

/** Checks of the head of a final HTTP/1.1 response that concern the connection. */
final class ConnectionUse {

    private static final int NO_CONTENT = 204;

    private ConnectionUse() {}

    /** Whether the connection cannot be used for another exchange. */
    static boolean isLast(HttpResponse head) {
        HttpHeaders headers = head.headers();
        // Vert.x closes only if the header is exactly "close", not if "close" is one of several values.
        boolean closes = headers.get(HttpHeaderNames.CONNECTION) != null
                && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
        return closes || head.status().code() == NO_CONTENT && announcesABody(headers);
    }

    /** Whether a 204 announces a body. It has none, but a server that announces one can send it later. */
    private static boolean announcesABody(HttpHeaders headers) {
        String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
        return length != null && !length.equals("0") || headers.contains(HttpHeaderNames.TRANSFER_ENCODING);
    }

    /**
     * Checks the transfer coding of the body.
     *
     * @throws Misbehaviour if the coding is neither chunked nor identity
     */
    static void refuseCodings(HttpResponse head) {
        String coding = head.headers().get(HttpHeaderNames.TRANSFER_ENCODING);
        if (coding != null && !coding.equalsIgnoreCase("chunked") && !coding.equalsIgnoreCase("identity")) {
            throw new Misbehaviour("has the transfer coding ", coding, ", which was not requested");
        }
    }
}
