package dev.sanctum4j.samples.laravel;

import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

// tag::laravel-users
/** Laravel's people; whom its model does not find, nobody finds here. */
@Component
class ShopUsers {

    private final JdbcClient jdbc;

    ShopUsers(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Optional<ShopUser> findById(long id) {
        return jdbc.sql("select id, email, password from users where id = ? and deleted_at is null")
                .param(id)
                .query(ShopUser.class)
                .optional();
    }

    Optional<ShopUser> findByEmail(String email) {
        return jdbc.sql("select id, email, password from users where email = ? and deleted_at is null")
                .param(email)
                .query(ShopUser.class)
                .optional();
    }
}
// end::laravel-users
