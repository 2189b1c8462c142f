/** Read models kept up to date from events: what the author of a projection implements and sees. */
package io.nexus.eventstream.projection;
