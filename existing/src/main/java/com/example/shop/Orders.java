package com.example.shop;

import java.util.List;
import org.springframework.security.access.prepost.PreAuthorize;

/** The service behind its interface, as proxies of the JDK want it. */
public interface Orders {

    List<Order> all();

    Order place(String item);

    @PreAuthorize("hasRole('ADMIN')")
    boolean cancel(long id);
}
