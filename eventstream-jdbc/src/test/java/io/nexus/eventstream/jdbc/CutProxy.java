package io.nexus.eventstream.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/** Stands between driver and server; can swallow the server's next answer and break the connection, or let one hang. */
final class CutProxy implements AutoCloseable {

    private final ServerSocket listener;
    private final String host;
    private final int port;
    private final String url;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicBoolean cutNextAnswer = new AtomicBoolean();
    private final AtomicBoolean hangNextRequest = new AtomicBoolean();
    private volatile boolean hangs;

    CutProxy(String jdbcUrl) throws IOException {
        URI server = URI.create(jdbcUrl.substring("jdbc:".length()));
        host = server.getHost();
        port = server.getPort();
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        url = jdbcUrl.replace(host + ":" + port, "127.0.0.1:" + listener.getLocalPort());
        threads.execute(untilBroken(this::accept));
    }

    String url() {
        return url;
    }

    /** Lets the next request through and swallows its answer. */
    void cutNextAnswer() {
        cutNextAnswer.set(true);
    }

    /** Swallows the next request and all that follow on its connection, which stays open. */
    void hangNextRequest() {
        hangNextRequest.set(true);
    }

    /** Returns whether a connection hangs. */
    boolean hangs() {
        return hangs;
    }

    private void accept() throws IOException {
        while (!listener.isClosed()) {
            Socket client = listener.accept();
            Socket server = new Socket(host, port);
            threads.execute(untilBroken(() -> pump(client, server, false)));
            threads.execute(untilBroken(() -> pump(server, client, true)));
        }
    }

    private void pump(Socket from, Socket to, boolean answers) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[64 * 1024];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (answers && cutNextAnswer.compareAndSet(true, false)) {
                    return;
                }
                if (!answers && hangNextRequest.compareAndSet(true, false)) {
                    hangs = true;
                    in.transferTo(OutputStream.nullOutputStream());
                    return;
                }
                out.write(buffer, 0, read);
                out.flush();
            }
        }
    }

    private static Runnable untilBroken(Pumping pumping) {
        return () -> {
            try {
                pumping.run();
            } catch (IOException e) {
                // A broken connection is what this class is for.
            }
        };
    }

    private interface Pumping {
        void run() throws IOException;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        threads.shutdownNow();
    }
}
