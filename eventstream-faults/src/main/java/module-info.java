/** Real faults against the event log; everything in this module is a test. */
@org.jspecify.annotations.NullMarked
module io.nexus.eventstream.faults {
    requires static org.jspecify;
}
