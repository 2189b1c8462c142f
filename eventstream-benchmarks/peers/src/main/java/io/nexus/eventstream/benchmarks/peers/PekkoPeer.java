package io.nexus.eventstream.benchmarks.peers;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.nexus.eventstream.benchmarks.Peer;
import io.nexus.eventstream.benchmarks.PeerStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.pattern.Patterns;
import org.apache.pekko.persistence.jdbc.query.javadsl.JdbcReadJournal;
import org.apache.pekko.persistence.query.PersistenceQuery;

/**
 * Pekko's persistence on JDBC: an actor a stream, which batches what several actors write at once, and its read journal. A page
 * has 1,000 events, as ours has.
 */
public final class PekkoPeer implements Peer {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    private static final String CONFIG = """
            pekko {
              loglevel = OFF
              stdout-loglevel = OFF
              log-dead-letters = off
              actor.serialization-bindings { "${type}" = jackson-json }
              persistence.journal.plugin = "jdbc-journal"
              persistence.snapshot-store.plugin = "pekko.persistence.no-snapshot-store"
            }
            pekko-persistence-jdbc.shared-databases.slick {
              profile = "slick.jdbc.PostgresProfile$"
              db {
                url = "${url}"
                driver = "org.postgresql.Driver"
                numThreads = ${connections}
                minConnections = ${connections}
                maxConnections = ${connections}
              }
            }
            jdbc-journal.use-shared-db = "slick"
            jdbc-read-journal.use-shared-db = "slick"
            jdbc-read-journal.max-buffer-size = "1000"
            """;

    @Override
    public String name() {
        return "Apache Pekko";
    }

    @Override
    public String version() {
        return Objects.requireNonNullElse(JdbcReadJournal.class.getPackage().getImplementationVersion(), "unknown");
    }

    @Override
    public PeerStore open(String url, int connections, Class<?> type) {
        createTables(url);
        String text = CONFIG.replace("${type}", type.getName())
                .replace("${url}", url)
                .replace("${connections}", Integer.toString(connections));
        Config config = ConfigFactory.parseString(text).withFallback(ConfigFactory.load());
        ActorSystem system = ActorSystem.create("benchmark", config);
        JdbcReadJournal journal =
                PersistenceQuery.get(system).getReadJournalFor(JdbcReadJournal.class, JdbcReadJournal.Identifier());
        return new Store(system, journal, new ConcurrentHashMap<>());
    }

    /** Creates them by Pekko's own script, a statement at a time: some refuse a transaction. */
    private static void createTables(String url) {
        try (InputStream script =
                        JdbcReadJournal.class.getResourceAsStream("/schema/postgres/postgres-create-schema.sql");
                Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            String text = new String(Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8);
            for (String sql : text.split(";", -1)) {
                if (!sql.isBlank()) {
                    statement.execute(sql);
                }
            }
        } catch (SQLException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private record Store(ActorSystem system, JdbcReadJournal journal, Map<String, ActorRef> accounts)
            implements PeerStore {

        @Override
        public void append(String stream, long version, Object event) {
            ActorRef account = accounts.computeIfAbsent(
                    stream, name -> system.actorOf(Props.create(PekkoAccount.class, () -> new PekkoAccount(name))));
            Patterns.ask(account, new PekkoAccount.Append(version, event), LIMIT)
                    .toCompletableFuture()
                    .join();
        }

        @Override
        public int read(String stream, Consumer<Object> events) {
            AtomicInteger read = new AtomicInteger();
            journal.currentEventsByPersistenceId(stream, 0, Long.MAX_VALUE)
                    .runForeach(
                            envelope -> {
                                events.accept(envelope.event());
                                read.incrementAndGet();
                            },
                            system)
                    .toCompletableFuture()
                    .join();
            return read.get();
        }

        @Override
        public void close() {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().join();
        }
    }
}
