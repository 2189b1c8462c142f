package io.nexus.eventstream.benchmarks.peers;

import org.apache.pekko.actor.Status;
import org.apache.pekko.persistence.AbstractPersistentActor;

/** A stream as Pekko has it: an actor, the only writer of its events. */
final class PekkoAccount extends AbstractPersistentActor {

    /** An event to become this version. It never leaves the JVM. */
    record Append(long version, Object event) {}

    private final String name;

    PekkoAccount(String name) {
        this.name = name;
    }

    @Override
    public String persistenceId() {
        return name;
    }

    @Override
    public Receive createReceiveRecover() {
        return receiveBuilder().matchAny(event -> {}).build();
    }

    @Override
    public Receive createReceive() {
        return receiveBuilder().match(Append.class, this::append).build();
    }

    private void append(Append append) {
        if (append.version() == lastSequenceNr() + 1) {
            persist(append.event(), event -> sender().tell(append.version(), self()));
        } else {
            sender().tell(new Status.Failure(new IllegalStateException("the version is " + lastSequenceNr())), self());
        }
    }
}
