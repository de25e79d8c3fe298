package dev.millrace.destination.iceberg;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.rest.CatalogHandlers;
import org.apache.iceberg.rest.RESTCatalogProperties.SnapshotMode;
import org.apache.iceberg.rest.RESTSerializers;
import org.apache.iceberg.rest.RESTUtil;
import org.apache.iceberg.rest.requests.CreateNamespaceRequest;
import org.apache.iceberg.rest.requests.CreateTableRequest;
import org.apache.iceberg.rest.requests.UpdateTableRequest;
import org.apache.iceberg.rest.responses.ConfigResponse;
import org.apache.iceberg.rest.responses.ErrorResponse;
import org.jspecify.annotations.Nullable;

/// A REST catalogue on this machine: Iceberg's own handling of requests (the REST specification, `open-api/rest-catalog-open-api.yaml`), over a catalogue in a
/// SQLite file, for whoever shows the right token.
final class RestCatalogServer implements AutoCloseable {

    private static final String SEPARATOR = "%1F";

    private final ObjectMapper json = mapper();
    private final JdbcCatalog catalog = new JdbcCatalog();
    private final String token;
    private final HttpServer server;

    private RestCatalogServer(HttpServer server, String token) {
        this.server = server;
        this.token = token;
    }

    /// Starts one.
    static RestCatalogServer start(Path folder, String token) throws IOException {
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        RestCatalogServer server = new RestCatalogServer(http, token);
        Files.createDirectories(folder);
        server.catalog.initialize("rest", IcebergSettings.local(folder).catalog().entrySet().stream()
                .filter(property -> !property.getKey().equals("type"))
                .collect(java.util.stream.Collectors.collectingAndThen(
                        java.util.stream.Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue),
                        properties -> {
                            properties.put("io-impl", LocalFileIO.class.getName());
                            properties.put("jdbc.schema-version", "V1");
                            return properties;
                        })));
        http.createContext("/", server::handle);
        http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        http.start();
        return server;
    }

    private static ObjectMapper mapper() {
        ObjectMapper mapper = new ObjectMapper();
        mapper.setVisibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY);
        mapper.configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);
        mapper.setPropertyNamingStrategy(new PropertyNamingStrategies.KebabCaseStrategy());
        RESTSerializers.registerAll(mapper);
        return mapper;
    }

    /// Where it is.
    String uri() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            try {
                String shown = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")).orElse("");
                if (!shown.equals("Bearer " + token)) {
                    send(exchange, 401, ErrorResponse.builder().responseCode(401).withType("NotAuthorizedException").withMessage("Not you").build());
                    return;
                }
                Object answer = answer(exchange);
                send(exchange, answer == null ? 204 : 200, answer);
            } catch (RuntimeException e) {
                int code = code(e);
                send(exchange, code, ErrorResponse.builder().responseCode(code).withType(e.getClass().getSimpleName()).withMessage(String.valueOf(e.getMessage())).build());
            }
        }
    }

    private static int code(RuntimeException e) {
        return switch (e) {
            case NoSuchTableException _, NoSuchNamespaceException _ -> 404;
            case AlreadyExistsException _, CommitFailedException _ -> 409;
            default -> 500;
        };
    }

    private void send(HttpExchange exchange, int code, @Nullable Object answer) throws IOException {
        byte[] body = answer == null || exchange.getRequestMethod().equals("HEAD") ? new byte[0] : json.writeValueAsBytes(answer);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private @Nullable Object answer(HttpExchange exchange) {
        List<String> path = Arrays.asList(exchange.getRequestURI().getRawPath().substring(1).split("/"));
        String method = exchange.getRequestMethod();
        if (path.equals(List.of("v1", "config"))) {
            return ConfigResponse.builder().build();
        }
        if (path.equals(List.of("v1", "namespaces"))) {
            return CatalogHandlers.createNamespace(catalog, body(exchange, CreateNamespaceRequest.class));
        }
        Namespace namespace = RESTUtil.decodeNamespace(path.get(2), SEPARATOR);
        if (path.size() == 3) {
            return method.equals("HEAD") ? nothing(() -> CatalogHandlers.namespaceExists(catalog, namespace)) : CatalogHandlers.loadNamespace(catalog, namespace);
        }
        if (path.size() == 4) {
            CreateTableRequest request = body(exchange, CreateTableRequest.class);
            return request.stageCreate() ? CatalogHandlers.stageTableCreate(catalog, namespace, request) : CatalogHandlers.createTable(catalog, namespace, request);
        }
        TableIdentifier table = TableIdentifier.of(namespace, RESTUtil.decodeString(path.get(4)));
        return switch (method) {
            case "HEAD" -> nothing(() -> CatalogHandlers.tableExists(catalog, table));
            case "GET" -> CatalogHandlers.loadTable(catalog, table, SnapshotMode.ALL);
            case "POST" -> CatalogHandlers.updateTable(catalog, table, body(exchange, UpdateTableRequest.class));
            case "DELETE" -> nothing(() -> CatalogHandlers.purgeTable(catalog, table));
            default -> throw new UnsupportedOperationException(method);
        };
    }

    private static @Nullable Object nothing(Runnable work) {
        work.run();
        return null;
    }

    private <T> T body(HttpExchange exchange, Class<T> type) {
        try {
            return json.readValue(exchange.getRequestBody(), type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.stop(0);
        catalog.close();
    }
}
