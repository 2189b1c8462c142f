/**
 * Proves logs: {@link io.nexus.eventstream.core.proof.LogVerifier} verifies them, {@link io.nexus.eventstream.core.proof.Seals} seals
 * them, {@link io.nexus.eventstream.core.proof.LogExport} and {@link io.nexus.eventstream.core.proof.LogImport} carry them elsewhere,
 * and {@link io.nexus.eventstream.core.proof.ExportVerifier} verifies what was carried, without a database.
 */
package io.nexus.eventstream.core.proof;
