/** Saved states of folds, which make long streams fast to load and are never trusted more than the events. */
package io.nexus.eventstream.snapshot;
