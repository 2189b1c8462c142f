package io.nexus.eventstream.benchmarks;

import java.util.List;
import java.util.Locale;

/** Draws figures as SVG: text that a version control can compare, in colours that are seen on white and on black. */
final class Plot {

    /**
     * A bar with its spread.
     *
     * @param accent whether it is the library's
     */
    record Bar(String label, double value, double lowest, double highest, boolean accent) {}

    /**
     * A line over all x.
     *
     * @param dashed whether it is drawn faintly
     */
    record Line(String label, List<Double> values, boolean accent, boolean dashed) {}

    private static final int WIDTH = 760;
    private static final int ROW = 26;
    private static final int LEFT = 250;
    private static final int RIGHT = 640;
    private static final int TOP = 46;
    private static final int HEIGHT = 220;
    private static final String ACCENT = "#2563eb";
    private static final String GREY = "#8b949e";

    private final StringBuilder svg = new StringBuilder();

    private Plot(String title, int height) {
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">",
                WIDTH, height);
        add("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", WIDTH, height);
        text(14, 24, "start", title);
    }

    /** Returns bars below each other, with a line where the value is 1. */
    static String bars(String title, List<Bar> bars) {
        double most = bars.stream().mapToDouble(Bar::highest).max().orElse(1);
        double unit = (RIGHT - LEFT) / Math.max(1, most);
        Plot plot = new Plot(title, TOP + ROW * bars.size() + 14);
        int y = TOP;
        for (Bar bar : bars) {
            plot.text(LEFT - 10, y + 15, "end", bar.label());
            plot.add(
                    "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
                    LEFT, y + 2, bar.value() * unit, ROW - 8, bar.accent() ? ACCENT : GREY);
            plot.line(LEFT + bar.lowest() * unit, y + 11, LEFT + bar.highest() * unit, y + 11, "#111111", "");
            plot.text(
                    LEFT + bar.highest() * unit + 8, y + 15, "start", String.format(Locale.ROOT, "%.2f", bar.value()));
            y += ROW;
        }
        plot.line(LEFT + unit, TOP - 6, LEFT + unit, y, "#d1242f", "4 3");
        return plot.end();
    }

    /** Returns lines over steps that are equally wide, from 0 upwards. */
    static String lines(String title, List<String> steps, List<Line> lines) {
        double most = lines.stream()
                .flatMap(line -> line.values().stream())
                .mapToDouble(value -> value)
                .max()
                .orElse(1);
        double unit = HEIGHT / (most * 1.1);
        double step = (RIGHT - 100.0) / Math.max(1, steps.size() - 1);
        int ground = TOP + HEIGHT;
        Plot plot = new Plot(title, ground + 40 + ROW);
        for (int quarter = 0; quarter <= 4; quarter++) {
            double value = most * 1.1 * quarter / 4;
            plot.line(70, ground - value * unit, RIGHT, ground - value * unit, "#d0d7de", "");
            plot.text(62, ground - value * unit + 4, "end", String.format(Locale.ROOT, "%,.0f", value));
        }
        for (int at = 0; at < steps.size(); at++) {
            plot.text(80 + at * step, ground + 20, "middle", steps.get(at));
        }
        int legend = 70;
        for (Line line : lines) {
            StringBuilder points = new StringBuilder();
            for (int at = 0; at < line.values().size(); at++) {
                points.append(String.format(
                        Locale.ROOT,
                        "%.1f,%.1f ",
                        80 + at * step,
                        ground - line.values().get(at) * unit));
            }
            String colour = line.accent() ? ACCENT : GREY;
            String dashes = line.dashed() ? "5 4" : "";
            plot.add(
                    "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\"/>",
                    points.toString().strip(), colour, dashes);
            plot.line(legend, ground + 44, legend + 24, ground + 44, colour, dashes);
            plot.text(legend + 30, ground + 48, "start", line.label());
            legend += 170;
        }
        return plot.end();
    }

    private void line(double x1, double y1, double x2, double y2, String colour, String dashes) {
        add(
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-dasharray=\"%s\"/>",
                x1, y1, x2, y2, colour, dashes);
    }

    private void text(double x, double y, String anchor, String text) {
        add(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"#1f2328\">%s</text>",
                x, y, anchor, text.replace("&", "&amp;").replace("<", "&lt;"));
    }

    private void add(String form, Object... values) {
        svg.append(String.format(Locale.ROOT, form, values)).append('\n');
    }

    private String end() {
        return svg.append("</svg>\n").toString();
    }
}
