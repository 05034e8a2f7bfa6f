package dev.sanctum4j.jdbc;

import java.util.HashMap;
import java.util.Map;

/**
 * What the table calls the types of owners. A name that stands in the table is only looked up here, never loaded as a class.
 *
 * @param toTable from our names to those of the table
 * @param fromTable the other way round
 */
record OwnerTypes(Map<String, String> toTable, Map<String, String> fromTable) {

    static OwnerTypes of(Map<String, String> toTable) {
        Map<String, String> fromTable = new HashMap<>();
        toTable.forEach((ours, theirs) -> {
            String other = fromTable.put(theirs, ours);
            if (other != null) {
                throw new IllegalArgumentException("the owner types '" + ours + "' and '" + other
                        + "' have the same name in the table: '" + theirs + "'");
            }
        });
        return new OwnerTypes(Map.copyOf(toTable), Map.copyOf(fromTable));
    }

    String toTable(String type) {
        return toTable.getOrDefault(type, type);
    }

    /**
     * Our name of a type. One that stands in the table under the name we have for another type belongs to nobody: it is kept
     * apart by a backslash, which no name of ours begins with.
     */
    String fromTable(String type) {
        String ours = fromTable.get(type);
        if (ours != null) {
            return ours;
        }
        return toTable.containsKey(type) ? "\\" + type : type;
    }
}
