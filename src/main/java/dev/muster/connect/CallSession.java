package dev.muster.connect;

/**
 * What a call holds for the steps nested in it, for example a connection with an open transaction. The operations of these steps
 * receive it as {@link Arguments#session}.
 */
public interface CallSession {}
