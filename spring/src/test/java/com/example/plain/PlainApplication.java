package com.example.plain;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Has the dependency, and does nothing with it. */
@SpringBootApplication
public class PlainApplication {}
