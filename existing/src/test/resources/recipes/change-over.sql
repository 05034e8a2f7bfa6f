UPDATE personal_access_tokens SET tokenable_id = (SELECT CAST(id AS VARCHAR(255)) FROM users WHERE email = tokenable_id)
 WHERE tokenable_type = 'user' AND tokenable_id IN (SELECT email FROM users);
