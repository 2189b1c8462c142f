/**
 * Personal data in the log: begin with {@link io.nexus.eventstream.privacy.EncryptingEventSerializer} and {@link
 * io.nexus.eventstream.privacy.DataSubjects}.
 */
package io.nexus.eventstream.privacy;
