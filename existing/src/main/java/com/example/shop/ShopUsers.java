package com.example.shop;

import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.stereotype.Service;

@Service
class ShopUsers implements UserDetailsService {

    private final JdbcClient jdbc;

    ShopUsers(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public UserDetails loadUserByUsername(String email) {
        return jdbc.sql("SELECT * FROM users WHERE email = ?")
                .param(email)
                .query((row, number) -> new ShopUser(
                        row.getObject("id", UUID.class),
                        row.getString("email"),
                        row.getString("password"),
                        row.getString("role"),
                        row.getBoolean("enabled")))
                .optional()
                .orElseThrow(() -> new UsernameNotFoundException("nobody has this address"));
    }
}
