/**
 * A warehouse in event streams: one stream a stock keeping unit (SKU), decisions on the present state, optimistic locking
 * between writers. {@link io.nexus.eventstream.examples.inventory.Warehouse} is where to begin.
 */
package io.nexus.eventstream.examples.inventory;
