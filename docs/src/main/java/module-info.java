/** The guides of EventStream; everything in this module is a test. */
module io.nexus.eventstream.docs {}
