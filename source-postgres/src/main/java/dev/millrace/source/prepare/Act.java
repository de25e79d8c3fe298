package dev.millrace.source.prepare;

import dev.millrace.core.shape.TableName;

/// One thing that is done at the source.
public sealed interface Act {

    /// The variable of psql that stands for the user's password wherever statements are shown.
    String PASSWORD = ":'millrace_password'";

    /// As a person would run it in psql; never holds the password.
    String shown();

    /// A statement.
    record Sql(String text) implements Act {

        @Override
        public String shown() {
            return text;
        }
    }

    /// Makes the user, with the password of the settings if they have one.
    record MakeUser(String user, boolean hasPassword) implements Act {

        @Override
        public String shown() {
            return "CREATE USER %s%s;".formatted(TableName.quote(user), hasPassword ? " PASSWORD " + PASSWORD : "");
        }
    }

    /// Gives the user the password of the settings.
    record SetPassword(String user) implements Act {

        @Override
        public String shown() {
            return "ALTER USER %s PASSWORD %s;".formatted(TableName.quote(user), PASSWORD);
        }
    }

    /// Something that only a person can do, or should.
    ///
    /// @param text SQL, or prose in comments
    record ByHand(String text) implements Act {

        @Override
        public String shown() {
            return text;
        }
    }
}
