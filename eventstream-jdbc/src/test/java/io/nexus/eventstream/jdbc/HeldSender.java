package io.nexus.eventstream.jdbc;

import static org.awaitility.Awaitility.await;

import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.AppendOutcome;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Sends a group when the test lets it, and answers all in it but those of busy tenants; those of hung tenants do not come back. */
final class HeldSender implements AppendQueue.Sender {

    final Semaphore gate = new Semaphore(0);
    final List<AppendGroup> groups = new CopyOnWriteArrayList<>();
    private final Set<TenantId> underWay = ConcurrentHashMap.newKeySet();
    final Set<TenantId> busy = ConcurrentHashMap.newKeySet();
    final Set<TenantId> hung = ConcurrentHashMap.newKeySet();
    volatile @Nullable RuntimeException failure;

    @Override
    public void send(AppendGroup group, Duration wait) {
        Set<TenantId> doubled = new HashSet<>();
        group.tenants().stream().filter(each -> !underWay.add(each)).forEach(doubled::add);
        groups.add(group);
        while (group.tenants().stream().anyMatch(hung::contains)) {
            LockSupport.parkNanos(1_000_000);
        }
        if (group.tenants().stream().anyMatch(busy::contains)) {
            LockSupport.parkNanos(Math.min(wait.toNanos(), 5_000_000));
        } else {
            gate.acquireUninterruptibly();
        }
        underWay.removeAll(group.tenants());
        RuntimeException thrown = failure;
        if (thrown != null && group.appends().size() > 1) {
            throw thrown;
        }
        for (QueuedAppend append : group.appends()) {
            if (!doubled.isEmpty()) {
                append.answer(new QueueAnswer.Failed(new IllegalStateException("two groups of one tenant")));
            } else if (!busy.contains(append.tenant())) {
                append.answer(new QueueAnswer.Judged(new AppendOutcome.UnknownTenant()));
            }
        }
    }

    @Override
    public Throwable doubt(Throwable thrown) {
        return thrown;
    }

    void awaitSent(int count) {
        await().until(() -> groups.size() >= count);
    }

    List<Integer> sizes() {
        return groups.stream().map(group -> group.appends().size()).toList();
    }
}
