package dev.muster.connect;

/**
 * What a call holds for the steps that are written inside it: a connection with an open transaction, say. Their operations
 * get it with their {@linkplain Arguments#session arguments}.
 */
public interface CallSession {}
