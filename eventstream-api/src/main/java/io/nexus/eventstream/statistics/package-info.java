/** How streams and logs stand, in numbers that are cheap enough for a dashboard. */
package io.nexus.eventstream.statistics;
