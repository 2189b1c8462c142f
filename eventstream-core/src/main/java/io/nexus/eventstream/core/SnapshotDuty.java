package io.nexus.eventstream.core;

import io.nexus.eventstream.NamedFold;

/** A fold that streams of a category are snapshotted by, and when. */
record SnapshotDuty<S>(String category, NamedFold<S> fold, SnapshotPolicy policy) {}
