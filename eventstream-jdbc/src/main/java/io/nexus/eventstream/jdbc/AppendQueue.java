package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.TenantId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets appends of concurrent threads travel together: one of them, the leader, sends a group for all in it, while the next
 * appends queue up behind. When the group is back, the first of those that wait leads the next. There is no thread but the
 * callers', and an append that comes while nothing is under way leaves at once.
 *
 * <p>Why this shape: a group is as large as what came while the one before was under way, so it grows with the load by
 * itself. A worker thread would hand every append over twice, and would have to be started, stopped and watched.
 *
 * <p>At most one group is under way for a tenant. A tenant whose lane somebody else holds is passed over by groups of
 * several tenants and waited for by a group of its own, so that it keeps no other tenant back. Nor does a group that does not
 * come back, because its connection hangs: its tenants wait for it, for the others one more may leave.
 *
 * <p>Thread-safe.
 */
final class AppendQueue {

    /** Sends groups. */
    interface Sender {

        /**
         * Sends a group and answers its appends, as far as they have an answer; those without one wait for their lane.
         * Whatever it throws, appends that it has not answered are sent again, one by one.
         *
         * @param wait how long to wait for the lane, zero for not at all
         */
        void send(AppendGroup group, Duration wait);

        /** Returns what may have happened to appends in a group whose sending failed: {@code null} if nothing did. */
        @Nullable
        Throwable doubt(Throwable failure);
    }

    /**
     * After so long a group that waits for its lane comes back to take along what has queued up since, and then each time when
     * it has waited as long again: whoever comes back goes to the end of PostgreSQL's queue for the lane.
     */
    private static final long SHORTEST_WAIT = Duration.ofMillis(250).toNanos();

    /** After so long a group that does not wait for a lane is not expected back soon, and one more may leave. */
    private static final long LONG_GONE = Duration.ofSeconds(1).toNanos();

    /** For so many of them: each has a connection of the host's pool. */
    private static final int MOST_LONG_GONE = 4;

    private final Sender sender;
    private final boolean severalTenants;
    private final int mostLeaders;
    private final long longestPause;

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final Deque<QueuedAppend> line = new ArrayDeque<>();
    private final Set<TenantId> underWay = new HashSet<>();
    private final Set<TenantId> busyLanes = new HashSet<>();
    private final List<QueuedAppend> leaders = new ArrayList<>();

    /** How many appends were in the group that came back last; written under the lock. */
    private volatile int lastGroup;

    /**
     * @param severalTenants whether appends of several tenants may travel together
     * @param mostLeaders how many groups may be under way at a time, without those that wait for a busy lane
     * @param longestPause how long a leader that has waited itself waits until the line is as long as the last group was
     */
    AppendQueue(Sender sender, boolean severalTenants, int mostLeaders, Duration longestPause) {
        this.sender = sender;
        this.severalTenants = severalTenants;
        this.mostLeaders = severalTenants ? mostLeaders : Integer.MAX_VALUE;
        this.longestPause = longestPause.toNanos();
    }

    /** Queues an append up and returns its answer, sending what else is in the line on the way if it is its turn. */
    QueueAnswer travel(QueuedAppend append) {
        lock.lock();
        try {
            line.addLast(append);
            elect();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        boolean waited = false;
        try {
            while (true) {
                QueueAnswer answer = append.answer();
                if (answer != null) {
                    return answer;
                }
                if (append.isElected()) {
                    if (waited && longestPause > 0) {
                        awaitCompany();
                    }
                    lead(board(append));
                } else {
                    waited = true;
                    interrupted |= park(append, interrupted);
                }
            }
        } finally {
            if (append.isElected()) {
                resign(append);
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Lets others lead in place of one whose group could not even be put together. */
    private void resign(QueuedAppend leader) {
        lock.lock();
        try {
            leader.elect(false);
            line.remove(leader);
            leaders.remove(leader);
            underWay.remove(leader.tenant());
            elect();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Lets those that have just been answered come back before the next group leaves: without that, two halves of the same
     * callers would take turns in groups half as large.
     */
    // It only matters how fast it is, and parking would take longer than the pause.
    @SuppressWarnings("ThreadPriorityCheck")
    private void awaitCompany() {
        long begin = System.nanoTime();
        while (length() < lastGroup && System.nanoTime() - begin < longestPause) {
            Thread.yield();
        }
    }

    /** Waits to be woken; returns whether the thread was interrupted, which ends the waiting of an append that was not sent. */
    private boolean park(QueuedAppend append, boolean interrupted) {
        long remaining = append.remaining();
        if (remaining <= 0 && leave(append, new QueueAnswer.TooLate())) {
            return false;
        }
        if (interrupted && leave(append, new QueueAnswer.Interrupted())) {
            return false;
        }
        if (append.isElected() || append.answer() != null) {
            // Whoever woke it may have done so while it waited for the lock above, which uses the wake-up up.
            return false;
        }
        if (remaining <= 0) {
            // It is under way: the group's own bounds end the waiting.
            LockSupport.park(this);
        } else {
            long begin = System.nanoTime();
            LockSupport.parkNanos(this, Math.min(remaining, LONG_GONE));
            if (System.nanoTime() - begin >= LONG_GONE) {
                electAgain();
            }
        }
        return Thread.interrupted();
    }

    /** Gives a turn to whoever has one because a group has been gone for long: its leader does not come back to do it. */
    private void electAgain() {
        lock.lock();
        try {
            elect();
        } finally {
            lock.unlock();
        }
    }

    /** Takes an append out of the line; not if it is on its way, or is to lead, since others then count on it. */
    private boolean leave(QueuedAppend append, QueueAnswer answer) {
        lock.lock();
        try {
            if (append.isElected() || !line.remove(append)) {
                return false;
            }
            append.answer(answer);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void lead(AppendGroup group) {
        @Nullable Throwable failure = null;
        try {
            if (!group.isWaiting()) {
                sender.send(group, Duration.ZERO);
            } else if (group.first().remaining() > 0) {
                long wait = Math.max(SHORTEST_WAIT, group.first().waited());
                sender.send(group, Duration.ofNanos(Math.min(wait, group.first().remaining())));
            } else {
                group.first().answer(new QueueAnswer.TooLate());
            }
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        if (failure != null) {
            QueueAnswer alone = new QueueAnswer.Alone(sender.doubt(failure));
            group.appends().stream().filter(each -> each.answer() == null).forEach(each -> each.answer(alone));
        }
        leave(group);
        group.appends().forEach(QueuedAppend::wake);
        if (failure instanceof Error error) {
            throw error;
        }
    }

    /** Puts back into the line what has no answer, and lets the next lead. */
    private void leave(AppendGroup group) {
        lock.lock();
        try {
            underWay.removeAll(group.tenants());
            if (group.isWaiting()) {
                busyLanes.removeAll(group.tenants());
            } else {
                leaders.remove(group.first());
            }
            lastGroup = group.appends().size();
            for (int i = group.appends().size() - 1; i >= 0; i--) {
                QueuedAppend append = group.appends().get(i);
                if (append.answer() == null) {
                    line.addFirst(append);
                    busyLanes.add(append.tenant());
                }
            }
            elect();
        } finally {
            lock.unlock();
        }
    }

    /** Makes leaders of the first appends in the line for which no other is under way, as many as there may be. */
    private void elect() {
        int longGone = longGone();
        for (QueuedAppend append : line) {
            TenantId tenant = append.tenant();
            boolean busy = busyLanes.contains(tenant);
            if ((busy || leaders.size() - longGone < mostLeaders) && underWay.add(tenant)) {
                if (!busy) {
                    leaders.add(append);
                }
                append.elect(true);
                append.wake();
            }
        }
    }

    /** Returns how many leaders do not count, since they have been gone for too long. */
    private int longGone() {
        long now = System.nanoTime();
        int longGone = 0;
        for (QueuedAppend leader : leaders) {
            if (now - leader.electedAt() >= LONG_GONE) {
                longGone++;
            }
        }
        return Math.min(longGone, MOST_LONG_GONE);
    }

    /** Takes out of the line the leader and what can travel with it, in the order in which they came. */
    private AppendGroup board(QueuedAppend leader) {
        lock.lock();
        try {
            AppendGroup group = new AppendGroup(busyLanes.contains(leader.tenant()));
            group.takes(leader);
            Set<TenantId> left = new HashSet<>();
            for (QueuedAppend append : line) {
                TenantId tenant = append.tenant();
                if (append != leader && !left.contains(tenant) && fits(group, tenant) && !group.takes(append)) {
                    // What comes after it must not overtake it.
                    left.add(tenant);
                }
            }
            // Only now does anything change: whatever was thrown above has left the others in the line.
            underWay.addAll(group.tenants());
            line.removeAll(new HashSet<>(group.appends()));
            leader.elect(false);
            return group;
        } finally {
            lock.unlock();
        }
    }

    private boolean fits(AppendGroup group, TenantId tenant) {
        return group.tenants().contains(tenant)
                || (severalTenants && !group.isWaiting() && !busyLanes.contains(tenant) && !underWay.contains(tenant));
    }

    /** Returns how many appends wait to be sent. */
    int length() {
        lock.lock();
        try {
            return line.size();
        } finally {
            lock.unlock();
        }
    }
}
