package io.nexus.eventstream.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** The network between clients and a server: it may cut, be slow, be narrow, and stand still. */
final class Proxy implements AutoCloseable {

    private final ServerSocket listener;
    private final int target;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger toCut = new AtomicInteger();
    private final AtomicInteger cut = new AtomicInteger();
    private volatile long delayNanos;
    private volatile long bytesASecond = Long.MAX_VALUE;
    private volatile long stillUntil = System.nanoTime();

    Proxy(int target) {
        this.target = target;
        try {
            listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:%d/postgres?user=postgres".formatted(port());
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Swallows the next answer of the server, whose request it has let through, and breaks that connection. */
    void cutNextAnswer() {
        toCut.incrementAndGet();
    }

    /** Returns how many answers were swallowed. */
    int cut() {
        return cut.get();
    }

    void delay(Duration each) {
        delayNanos = each.toNanos();
    }

    void bandwidth(long newBytesASecond) {
        bytesASecond = newBytesASecond;
    }

    /** Lets nothing pass for a while, and breaks nothing. */
    void standStill(Duration howLong) {
        stillUntil = System.nanoTime() + howLong.toNanos();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket server = connect(client);
                threads.execute(() -> pump(client, server, false));
                threads.execute(() -> pump(server, client, true));
            } catch (IOException e) {
                // The server is away, or the test has ended.
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private Socket connect(Socket client) throws IOException {
        try {
            client.setTcpNoDelay(true);
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            server.setTcpNoDelay(true);
            return server;
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }

    private void pump(Socket from, Socket to, boolean answers) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[16 * 1024];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (answers && takeCut()) {
                    return;
                }
                hold(read);
                if (listener.isClosed()) {
                    return;
                }
                out.write(buffer, 0, read);
                out.flush();
            }
        } catch (SocketException e) {
            // Either side may go at any time.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean takeCut() {
        if (toCut.getAndUpdate(number -> Math.max(0, number - 1)) == 0) {
            return false;
        }
        cut.incrementAndGet();
        return true;
    }

    private void hold(int bytes) {
        long nanos = delayNanos;
        if (bytesASecond != Long.MAX_VALUE) {
            nanos += bytes * 1_000_000_000L / bytesASecond;
        }
        if (nanos > 0) {
            LockSupport.parkNanos(nanos);
        }
        while (stillUntil - System.nanoTime() > 0 && !listener.isClosed()) {
            LockSupport.parkNanos(stillUntil - System.nanoTime());
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            threads.shutdownNow();
        }
    }
}
