package com.example.inherits;

import com.example.shared.Base;

/** Asks for what its superclass asks, which is elsewhere. */
public class Inherits extends Base {}
