package dev.millrace.destination.postgres;

import dev.millrace.core.destination.Destination;
import dev.millrace.core.secret.Secret;
import dev.millrace.core.shape.TableName;
import dev.millrace.postgres.session.PostgresEndpoint;
import dev.millrace.testkit.contract.DestinationContract;
import dev.millrace.testkit.destination.SeenRow;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/// On the version `-Dmillrace.test.destination.version`, 17 by default.
class PostgresDestinationContractTest implements DestinationContract {

    private final List<TestDatabase> databases = new ArrayList<>();

    @AfterEach
    void drop() {
        databases.forEach(TestDatabase::close);
    }

    @Override
    public Destination open() {
        if (databases.isEmpty()) {
            openAnother();
        }
        return open(databases.getLast());
    }

    @Override
    public Destination openAnew() {
        openAnother();
        return open();
    }

    private void openAnother() {
        databases.add(TestPostgres.version(Integer.getInteger("millrace.test.destination.version", 17)).newDatabase());
    }

    static PostgresEndpoint endpoint(TestDatabase database) {
        return new PostgresEndpoint(
                database.host(), database.port(), database.name(), database.user(), Secret.of(database.password()), Map.of());
    }

    static PostgresDestination open(TestDatabase database) {
        return PostgresDestination.open(endpoint(database), "the warehouse", "shop", PostgresSettings.defaults(), InstantSource.system());
    }

    @Override
    public Optional<List<SeenRow>> rows(TableName table) {
        return new SeenDatabase(databases.getLast()).rows("shop", table);
    }
}
