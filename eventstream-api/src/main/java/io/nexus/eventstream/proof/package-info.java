/** What can be proven about a log: reports of verifications, and seals, signed statements about stretches of it. */
package io.nexus.eventstream.proof;
