package io.nexus.eventstream.spi;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;

/**
 * The newest position of a tenant's log.
 *
 * @param tenant whose log it is
 * @param head its newest position
 */
public record TenantHead(TenantId tenant, Position head) {}
