package com.example.behind;

import dev.sanctum4j.spring.RequiresAbility;

interface Orders {

    @RequiresAbility("orders:read")
    void read();
}
