package com.example.annotated;

import dev.sanctum4j.spring.RequiresAbility;

/** Asks for an ability. */
public class Annotated {

    @RequiresAbility("orders:read")
    public void read() {}
}
