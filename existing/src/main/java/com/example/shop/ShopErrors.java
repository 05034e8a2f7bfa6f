package com.example.shop;

import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** The application's own form of errors. */
@RestControllerAdvice
class ShopErrors {

    @ExceptionHandler
    @ResponseStatus(HttpStatus.NOT_FOUND)
    Map<String, String> noSuchOrder(NoSuchOrderException e) {
        return Map.of("shop", e.getMessage());
    }

    @ExceptionHandler
    @ResponseStatus(HttpStatus.FORBIDDEN)
    Map<String, String> denied(AccessDeniedException e) {
        return Map.of("shop", "You may not do this.");
    }

    @ExceptionHandler
    @ResponseStatus(HttpStatus.CONFLICT)
    Map<String, String> broken(IllegalStateException e) {
        return Map.of("shop", e.getMessage());
    }
}
