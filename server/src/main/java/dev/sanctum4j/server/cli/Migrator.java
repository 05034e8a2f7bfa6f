package dev.sanctum4j.server.cli;

import java.util.List;

/** Knows which migrations the database lacks. */
@FunctionalInterface
public interface Migrator {

    /** Their names, with the series they belong to. */
    List<String> pending();
}
