package com.example.shop;

import java.time.Instant;

/** What somebody ordered. {@code note} is often null, and then left out of the JSON. */
public record Order(long id, String item, String note, Instant placedAt) {}
