-- Run once by the PostgreSQL image: the database of the wrapped data keys.
CREATE DATABASE spectr_keys OWNER spectr;
