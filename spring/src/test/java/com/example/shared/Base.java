package com.example.shared;

import dev.sanctum4j.spring.RequiresAbility;

/** What everybody in the company begins with. */
@RequiresAbility("clerk")
public class Base {}
