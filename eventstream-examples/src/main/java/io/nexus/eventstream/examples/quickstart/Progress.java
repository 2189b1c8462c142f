package io.nexus.eventstream.examples.quickstart;

/** Prints how far an import has come, a line each time another tenth is done. */
final class Progress {

    private final Screen screen;
    private final long total;
    private final String what;
    private final long begin = System.nanoTime();
    private long done;
    private long tenths;

    Progress(Screen screen, long total, String what) {
        this.screen = screen;
        this.total = total;
        this.what = what;
    }

    /** Says that more is done. */
    void advance(long more) {
        done += more;
        if (total > 0 && done * 10 / total > tenths) {
            tenths = done * 10 / total;
            screen.line("  %3d %%  %,10d %s  %6.1f s", tenths * 10, done, what, (System.nanoTime() - begin) / 1e9);
        }
    }
}
