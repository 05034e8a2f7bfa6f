package com.example.composed;

import com.example.shared.ForClerks;

/** Asks by an annotation that is not ours, and is elsewhere. */
public class Composed {

    @ForClerks
    public void read() {}
}
