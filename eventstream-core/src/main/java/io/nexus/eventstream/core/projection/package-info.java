/** Runs projectors behind the log, in the transaction of an append, or for the moment. */
package io.nexus.eventstream.core.projection;
