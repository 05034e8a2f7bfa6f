package com.example.shop;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Final: nothing may subclass it. */
@Service
@Transactional
final class JdbcOrders implements Orders {

    private final JdbcClient jdbc;

    JdbcOrders(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public List<Order> all() {
        return jdbc.sql("SELECT * FROM orders ORDER BY id")
                .query(JdbcOrders::order)
                .list();
    }

    @Override
    public Order place(String item) {
        jdbc.sql("INSERT INTO orders (item, placed_at) VALUES (?, TIMESTAMP WITH TIME ZONE '2026-02-03 04:05:06+00')")
                .param(item)
                .update();
        return jdbc.sql("SELECT * FROM orders ORDER BY id DESC LIMIT 1")
                .query(JdbcOrders::order)
                .single();
    }

    @Override
    public boolean cancel(long id) {
        return jdbc.sql("DELETE FROM orders WHERE id = ?").param(id).update() == 1;
    }

    private static Order order(ResultSet row, int number) throws SQLException {
        return new Order(
                row.getLong("id"),
                row.getString("item"),
                row.getString("note"),
                row.getObject("placed_at", OffsetDateTime.class).toInstant());
    }
}
