/** Guards a log: who may do what is decided, and who did what is recorded, before and behind every call. */
package io.nexus.eventstream.core.access;
