package com.example.shop;

class NoSuchOrderException extends RuntimeException {

    private static final long serialVersionUID = 1;

    NoSuchOrderException(long id) {
        super("There is no order " + id + ".");
    }
}
