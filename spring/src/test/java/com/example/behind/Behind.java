package com.example.behind;

/** Asks for what its interface asks. */
public class Behind implements Orders {

    @Override
    public void read() {}
}
