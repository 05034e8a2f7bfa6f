package com.example.shared;

import dev.sanctum4j.spring.RequiresAbility;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** What everybody in the company writes. */
@Retention(RetentionPolicy.RUNTIME)
@RequiresAbility("clerk")
public @interface ForClerks {}
