-- What a destination asks for and nobody is shown.
ALTER TABLE destination ADD COLUMN secrets TEXT NOT NULL DEFAULT '{}';
