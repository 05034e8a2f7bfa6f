package dev.sanctum4j.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Lines with columns, for people. What others chose as names can neither steer the terminal nor turn round what is beside it. */
final class Table {

    private static final String BEGIN_ISOLATE = "\u2068";
    private static final String END_ISOLATE = "\u2069";

    private final List<List<String>> rows = new ArrayList<>();

    Table row(Object... cells) {
        rows.add(Stream.of(cells).map(cell -> shown(cell.toString())).toList());
        return this;
    }

    /** A text of somebody's as it may be shown: isolated where it is written from right to left. */
    static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().forEach(c -> append(shown, c));
        return text.codePoints().anyMatch(Table::runsLeft) ? BEGIN_ISOLATE + shown + END_ISOLATE : shown.toString();
    }

    private static boolean runsLeft(int c) {
        byte direction = Character.getDirectionality(c);
        return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT
                || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC
                || direction == Character.DIRECTIONALITY_ARABIC_NUMBER;
    }

    private static int width(String cell) {
        return cell.length() - (cell.startsWith(BEGIN_ISOLATE) ? 2 : 0);
    }

    private static void append(StringBuilder to, int c) {
        boolean harmless = switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            default -> true;
        };
        to.appendCodePoint(harmless ? c : '?');
    }

    @Override
    public String toString() {
        List<Integer> widths = new ArrayList<>();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                int width = width(row.get(i));
                if (i == widths.size()) {
                    widths.add(width);
                } else {
                    widths.set(i, Math.max(widths.get(i), width));
                }
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                line.append(row.get(i)).append(" ".repeat(widths.get(i) - width(row.get(i)) + 2));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString().stripTrailing();
    }
}
