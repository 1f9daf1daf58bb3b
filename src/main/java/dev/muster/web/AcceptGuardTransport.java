package dev.muster.web;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.net.ClientOptionsBase;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.transport.Transport;

/**
 * A transport whose web servers count and time-limit connections from accept on. Everything else is delegated to the wrapped
 * transport. Immutable.
 */
public final class AcceptGuardTransport implements Transport {

    private final Transport wrapped;
    private final Guarded guarded;

    /** Wraps an available transport. */
    public AcceptGuardTransport(Transport wrapped) {
        this.wrapped = wrapped;
        this.guarded = new Guarded(wrapped.implementation(), new AcceptGuard());
    }

    @Override
    public String name() {
        return wrapped.name();
    }

    @Override
    public boolean available() {
        return wrapped.available();
    }

    @Override
    public Throwable unavailabilityCause() {
        return wrapped.unavailabilityCause();
    }

    @Override
    public io.vertx.core.spi.transport.Transport implementation() {
        return guarded;
    }

    /** The transport SPI of Vert.x. The defaults of the SPI create the event loops, from {@link #ioHandlerFactory}. */
    record Guarded(io.vertx.core.spi.transport.Transport wrapped, AcceptGuard guard)
            implements io.vertx.core.spi.transport.Transport {

        @Override
        public boolean supportsDomainSockets() {
            return wrapped.supportsDomainSockets();
        }

        @Override
        public boolean supportFileRegion() {
            return wrapped.supportFileRegion();
        }

        @Override
        public boolean isAvailable() {
            return wrapped.isAvailable();
        }

        @Override
        public Throwable unavailabilityCause() {
            return wrapped.unavailabilityCause();
        }

        @Override
        public java.net.SocketAddress convert(SocketAddress address) {
            return wrapped.convert(address);
        }

        @Override
        public SocketAddress convert(java.net.SocketAddress address) {
            return wrapped.convert(address);
        }

        @Override
        public IoHandlerFactory ioHandlerFactory() {
            return wrapped.ioHandlerFactory();
        }

        @Override
        public DatagramChannel datagramChannel() {
            return wrapped.datagramChannel();
        }

        @Override
        @SuppressWarnings("deprecation")
        public DatagramChannel datagramChannel(InternetProtocolFamily family) {
            return wrapped.datagramChannel(family);
        }

        @Override
        public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
            return wrapped.channelFactory(domainSocket);
        }

        @Override
        public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
            return wrapped.serverChannelFactory(domainSocket);
        }

        @Override
        public void configure(DatagramChannel channel, DatagramSocketOptions options) {
            wrapped.configure(channel, options);
        }

        @Override
        public void configure(ClientOptionsBase options, int timeoutMillis, boolean domainSocket, Bootstrap bootstrap) {
            wrapped.configure(options, timeoutMillis, domainSocket, bootstrap);
        }

        @Override
        public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
            wrapped.configure(options, domainSocket, bootstrap);
            bootstrap.handler(guard);
        }
    }
}
