/** Who may do what with whose log, and the record of who did: the nouns of access control and of its audit. */
package io.nexus.eventstream.access;
