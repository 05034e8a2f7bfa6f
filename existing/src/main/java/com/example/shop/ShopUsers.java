package com.example.shop;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.stereotype.Service;

@Service
public class ShopUsers implements UserDetailsService {

    private final JdbcClient jdbc;

    ShopUsers(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public UserDetails loadUserByUsername(String email) {
        return jdbc.sql("SELECT * FROM users WHERE email = ?")
                .param(email)
                .query(ShopUsers::user)
                .optional()
                .orElseThrow(() -> new UsernameNotFoundException("nobody has this address"));
    }

    public Optional<ShopUser> findById(UUID id) {
        return jdbc.sql("SELECT * FROM users WHERE id = ?")
                .param(id)
                .query(ShopUsers::user)
                .optional();
    }

    private static ShopUser user(ResultSet row, int number) throws SQLException {
        return new ShopUser(
                row.getObject("id", UUID.class),
                row.getString("email"),
                row.getString("password"),
                row.getString("role"),
                row.getBoolean("enabled"));
    }
}
