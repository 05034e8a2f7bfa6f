package dev.sanctum4j.spring.people;

import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.spring.store.StartFailure;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.jdbc.datasource.init.ScriptException;

/** The table of people: a series of migrations of its own. */
final class PeopleTable {

    private static final Logger LOG = LoggerFactory.getLogger(People.class);
    private static final String FOLDER = "dev/sanctum4j/people/";

    private final DataSource dataSource;

    PeopleTable(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Creates the table if there is none. Several nodes may do so at once. */
    void createIfMissing() {
        String cores = JdbcSchema.location(dataSource);
        try {
            new ResourceDatabasePopulator(new ClassPathResource(
                            FOLDER + cores.substring(cores.lastIndexOf('/') + 1) + "/V1__people.sql"))
                    .execute(dataSource);
        } catch (ScriptException e) {
            look(); // another node may have been faster
        }
    }

    /**
     * Looks for the table and its columns. A database that does not answer is asked again by whoever needs it.
     *
     * @throws StartFailure if it is not there, lacks columns, or may not be read
     */
    void require() {
        try {
            look();
        } catch (TokenStoreException | DataAccessResourceFailureException e) {
            LOG.warn("Nobody knows yet whether the table of people is there: {}", e.getMessage());
        } catch (DataAccessException e) {
            throw new StartFailure(
                    "sanctum.people is on, but the table sanctum_people is missing, lacks columns, or may not be read: "
                            + e.getMostSpecificCause().getMessage() + ".",
                    """
                    Create it in one of three ways:
                     - Flyway: add classpath:dev/sanctum4j/people/flyway/{vendor} to spring.flyway.locations
                     - Liquibase: include dev/sanctum4j/people/liquibase.xml in your changelog
                     - neither: set sanctum.jdbc.initialize-schema=always""");
        }
    }

    private void look() {
        new JdbcTemplate(dataSource).execute(People.ROWS + "where 1 = 0");
    }
}
