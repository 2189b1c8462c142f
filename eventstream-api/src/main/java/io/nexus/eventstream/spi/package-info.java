/**
 * What the author of a storage or of a codec implements; applications do not need it.
 *
 * <p>A new storage implements {@link io.nexus.eventstream.spi.EventStorage} over bytes, gets typed events, limits and
 * paging from the core module, and proves itself with the contract tests of the TCK module.
 */
package io.nexus.eventstream.spi;
