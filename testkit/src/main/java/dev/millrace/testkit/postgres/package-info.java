/// Real PostgreSQL servers of all supported versions for tests, and databases in them that clean up after themselves. This package alone
/// knows where the build has put PostgreSQL's programs and how long a test server lives.
///
/// Read [TestPostgres] first, then [TestDatabase]; [StandbyPostgres] for read replicas.
///
/// It depends on `localpostgres` and pgjdbc, and on nothing that is being tested.
@NullMarked
package dev.millrace.testkit.postgres;

import org.jspecify.annotations.NullMarked;
