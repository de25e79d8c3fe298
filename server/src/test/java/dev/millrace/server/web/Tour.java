package dev.millrace.server.web;

import dev.millrace.server.ServerHarness;
import dev.millrace.testkit.postgres.TestDatabase;

/// The steps that lead from an empty server to a copy, as somebody takes them who reads the guide.
///
/// @param browser they sit at
/// @param server they came to
/// @param database of theirs
record Tour(Browser browser, ServerHarness server, TestDatabase database) {

    static final String EMAIL = "ada@example.com";
    static final String USER = "millrace";
    static final String USERS_PASSWORD = "water over the wheel";
    static final String PASSWORD = "a mill is a machine";

    /// Puts something into the database.
    void shop() {
        database.createUser(USER, USERS_PASSWORD, "REPLICATION");
        database.execute(
                "CREATE TABLE customers (id int PRIMARY KEY, name text, email text)",
                "CREATE TABLE orders (id bigint PRIMARY KEY, customer int, amount numeric(10, 2), placed timestamptz DEFAULT now())",
                "CREATE TABLE secrets (id int PRIMARY KEY, value text)",
                "INSERT INTO customers SELECT i, 'Customer ' || i, 'customer' || i || '@example.com' FROM generate_series(1, 500) i",
                "INSERT INTO orders SELECT i, i % 500 + 1, i / 7.0 FROM generate_series(1, 20000) i",
                "INSERT INTO secrets VALUES (1, 'nobody sees this')",
                "GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + USER,
                "SELECT pg_create_logical_replication_slot('millrace_slot', 'pgoutput')");
    }

    /// Makes what the setup tests missed.
    void publish() {
        database.execute("CREATE PUBLICATION millrace_publication FOR ALL TABLES");
    }

    /// Adds many rows.
    void write(int from) {
        database.execute("INSERT INTO orders SELECT i, i %% 500 + 1, i / 7.0 FROM generate_series(%d, %d) i".formatted(from + 1, from + 20_000));
    }

    /// Becomes the administrator.
    void welcome() {
        browser.open(server.server().welcome().orElseThrow())
                .type("given_name", "Ada")
                .type("family_name", "Miller")
                .type("email", EMAIL)
                .type("password", PASSWORD)
                .click("Begin")
                .see("Connections");
    }

    /// Makes the first destination.
    void destination() {
        browser.open("/").click("Begin with a destination").type("name", "Warehouse").click("Make it, and go on").see("New connection");
    }

    /// Fills in the form.
    void fill(String prefix) {
        browser.type("schema_prefix", prefix)
                .choose("service", "postgres")
                .type("host", database.host())
                .type("port", Integer.toString(database.port()))
                .type("user", USER)
                .type("password", USERS_PASSWORD)
                .type("database", database.name())
                .type("replication_slot", "millrace_slot")
                .type("publication_name", "millrace_publication")
                .press("[name=always_encrypted]");
    }
}
