CREATE TABLE invitations (
    token VARCHAR(40) PRIMARY KEY,
    email VARCHAR(200) NOT NULL
);

INSERT INTO invitations VALUES ('welcome', 'new@example.test');
