package io.nexus.eventstream.core;

import io.nexus.eventstream.ConfigurationException;
import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.TenantContext;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.ActorContext;
import io.nexus.eventstream.access.AuditSink;
import io.nexus.eventstream.core.access.AccessGuard;
import io.nexus.eventstream.core.access.Slf4jAuditSink;
import io.nexus.eventstream.spi.EventSerializer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets up an {@link EventStreamManager}. Not thread-safe. */
public final class EventStreamManagerBuilder {

    private static final Logger log = LoggerFactory.getLogger(EventStreamManager.class);

    private final @Nullable EventStreamConfig config;
    private final Map<Class<?>, Object> resources = new HashMap<>();
    private @Nullable EventStore store;
    private @Nullable EventSerializer serializer;
    private @Nullable TenantContext tenants;
    private @Nullable String domain;
    private @Nullable AccessGuard guard;
    private @Nullable ActorContext actors;
    private Supplier<EventMetadata> metadata = EventMetadata::none;

    EventStreamManagerBuilder(@Nullable EventStreamConfig config) {
        this.config = config;
    }

    /**
     * Sets the store.
     *
     * @throws IllegalStateException if a configuration chooses it
     */
    public EventStreamManagerBuilder store(EventStore newStore) {
        if (config != null) {
            throw new IllegalStateException("the configuration chooses the store; use builder() to bring your own");
        }
        store = Objects.requireNonNull(newStore, "store");
        return this;
    }

    /** Sets the events that a configured store holds, as JSON with the configured masked fields. */
    public EventStreamManagerBuilder types(EventTypes types) {
        if (config == null) {
            throw new IllegalStateException("the store that was brought knows its types; use builder(config)");
        }
        return serializer(JsonEventSerializer.builder(types)
                .maskedFields(config.maskedFields())
                .build());
    }

    /** Sets how a configured store writes its events, in place of {@link #types}. */
    public EventStreamManagerBuilder serializer(EventSerializer newSerializer) {
        if (config == null) {
            throw new IllegalStateException("the store that was brought has its serializer; use builder(config)");
        }
        serializer = Objects.requireNonNull(newSerializer, "serializer");
        return this;
    }

    /** Gives a configured store what it needs from the host, for PostgreSQL the {@code DataSource}. */
    public <T> EventStreamManagerBuilder resource(Class<T> type, T resource) {
        if (config == null) {
            throw new IllegalStateException("the store that was brought has its resources; use builder(config)");
        }
        resources.put(type, Objects.requireNonNull(resource, "resource"));
        return this;
    }

    /** Sets the tenant of all calls. */
    public EventStreamManagerBuilder tenant(TenantId tenant) {
        return tenants(TenantContext.fixed(tenant));
    }

    /** Sets who knows the tenant of a call. */
    public EventStreamManagerBuilder tenants(TenantContext context) {
        tenants = Objects.requireNonNull(context, "tenants");
        return this;
    }

    /**
     * Declares what the host does, for example {@code finance}, in small or capital letters. A domain that the configuration calls critical cannot be
     * run with the store switched off.
     */
    public EventStreamManagerBuilder domain(String name) {
        domain = Objects.requireNonNull(name, "domain");
        return this;
    }

    /**
     * Sets who acts and in which context, asked once per append in the caller's thread. An event's own metadata goes
     * before entries of the same key. By default nothing is added.
     */
    public EventStreamManagerBuilder metadata(Supplier<EventMetadata> context) {
        metadata = Objects.requireNonNull(context, "metadata");
        return this;
    }

    /** Sets the guard that all calls go through: who may do what, and what is recorded of it. By default there is none. */
    public EventStreamManagerBuilder guard(AccessGuard newGuard) {
        guard = Objects.requireNonNull(newGuard, "guard");
        return this;
    }

    /**
     * Sets who knows who calls, for a configuration that has roles ({@code access.roles.*}) or an audit ({@code audit.sinks}), which then
     * make the guard.
     *
     * @throws IllegalStateException if there is no configuration
     */
    public EventStreamManagerBuilder actors(ActorContext context) {
        if (config == null) {
            throw new IllegalStateException("there is no configuration to make a guard from; use guard(...)");
        }
        actors = Objects.requireNonNull(context, "actors");
        return this;
    }

    /**
     * Returns the manager.
     *
     * @throws ConfigurationException if a critical domain's store is switched off, the backend is not on the class path or refuses
     *     its settings, or payloads must be encrypted and the serializer does not
     * @throws IllegalStateException if the tenant, or store or types, are missing, or nobody says who calls although the
     *     configuration asks for it
     */
    public EventStreamManager build() {
        if (tenants == null) {
            throw new IllegalStateException("say whose log it is: tenant(...) or tenants(...)");
        }
        AccessGuard chosenGuard = guard != null || config == null ? guard : configuredGuard(config);
        EventStore chosen = config == null ? requiredStore() : configuredStore(config);
        if (config == null || config.enabled()) {
            log.info(
                    "EventStream is ready: {}", config == null ? "a store of the host" : "backend " + config.backend());
        }
        return new EventStreamManager(chosen, tenants, metadata, chosenGuard, null, null);
    }

    private EventStore requiredStore() {
        if (store == null) {
            throw new IllegalStateException("a store is missing: store(...), or builder(config)");
        }
        return store;
    }

    private EventStore configuredStore(EventStreamConfig chosen) {
        if (!chosen.enabled() && isCritical(chosen)) {
            throw new ConfigurationException(
                    Setting.ENABLED.key(),
                    "the store cannot be switched off for the critical domain %s, whose history must be complete: remove enabled=false, or set critical_domains.%s=false if the law allows it"
                            .formatted(domain, domain));
        }
        EventSerializer chosenSerializer = requiredSerializer();
        if (chosen.encryptPayloads() && !chosenSerializer.encryptsPayloads()) {
            throw new ConfigurationException(
                    Setting.ENCRYPT_PAYLOADS.key(),
                    "the serializer writes payloads in the clear: give serializer(...) an EncryptingEventSerializer of eventstream-privacy with encryptPayloads(true), or remove the key");
        }
        return EventStores.open(chosen, chosenSerializer, resources);
    }

    /** Whoever says who calls expects that somebody asks; a key that was forgotten must not leave the door open. */
    private @Nullable AccessGuard configuredGuard(EventStreamConfig chosen) {
        AccessSettings access = chosen.access();
        if (access.isEmpty()) {
            if (actors == null) {
                return null;
            }
            throw new ConfigurationException(
                    "access.roles",
                    "actors(...) says who calls, but there are neither roles nor an audit that would ask: set access.roles.<role> or audit.sinks, or leave actors(...) out");
        }
        if (actors == null) {
            throw new IllegalStateException(
                    "the configuration has access.roles or audit.sinks: say who calls, actors(...)");
        }
        AccessGuard.Builder configured = AccessGuard.builder(actors);
        access.policy().ifPresent(configured::policy);
        access.sinks().stream()
                .map(sink -> sink == AccessSettings.Sink.LOG
                        ? new Slf4jAuditSink()
                        : EventStores.auditSink(chosen, requiredSerializer(), resources))
                .reduce(AuditSink::and)
                .ifPresent(sink -> configured.audit(sink, access.onFailure()));
        return configured.build();
    }

    private EventSerializer requiredSerializer() {
        if (serializer == null) {
            throw new IllegalStateException("say which events there are: types(...)");
        }
        return serializer;
    }

    /** A capital letter must not switch a duty off. */
    private boolean isCritical(EventStreamConfig chosen) {
        return domain != null && chosen.criticalDomains().stream().anyMatch(domain::equalsIgnoreCase);
    }
}
