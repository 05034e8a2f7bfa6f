package dev.sanctum4j.server.cli;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which part of a list is wanted. It is read in pages: people see the first, and how to go on; programs get all that there is. */
final class Part {

    private static final int PAGE = 100;

    @Option(
            names = "--limit",
            paramLabel = "COUNT",
            description = "How many; 100 unless given, and all of them with --json.")
    private @Nullable Integer limit;

    @Option(names = "--after", paramLabel = "ROW", description = "Begin behind this row of an earlier answer.")
    private @Nullable String after;

    /** Reads some rows of a list. */
    interface Read<T> {

        /** At most {@code count} rows behind that with the cursor {@code after}; from the first one if it is {@code null}. */
        List<T> rows(@Nullable String after, int count);
    }

    /**
     * Answers with that part.
     *
     * @param cursor what a row is called in {@code --after}
     */
    <T> void answer(
            Terminal terminal,
            Read<T> read,
            Function<T, Object> cursor,
            Function<T, Object> forPrograms,
            Table table,
            BiConsumer<Table, T> forPeople) {
        int wanted = limit != null ? Math.max(0, limit) : terminal.isForPrograms() ? Integer.MAX_VALUE : PAGE;
        String last = after;
        int count = 0;
        List<T> page;
        boolean full;
        Terminal.Items items = terminal.items();
        do {
            int most = Math.min(PAGE, wanted - count);
            page = read.rows(last, most + 1);
            full = page.size() > most;
            for (T row : full ? page.subList(0, most) : page) {
                if (terminal.isForPrograms()) {
                    items.add(forPrograms.apply(row));
                } else {
                    forPeople.accept(table, row);
                }
                last = cursor.apply(row).toString();
                count++;
            }
        } while (full && count < wanted);
        items.end(table);
        if (full && last != null && !terminal.isForPrograms()) {
            terminal.note("There are more: --after " + last);
        }
    }
}
