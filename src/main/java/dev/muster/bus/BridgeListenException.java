package dev.muster.bus;

import java.io.IOException;

/** The TCP bridge cannot listen at its configured address. */
public final class BridgeListenException extends IOException {

    private static final long serialVersionUID = 1;

    private final transient BusSettings.Tcp at;

    BridgeListenException(BusSettings.Tcp at, Throwable cause) {
        super(cause.getMessage(), cause);
        this.at = at;
    }

    /** The configured address. */
    public BusSettings.Tcp at() {
        return at;
    }
}
