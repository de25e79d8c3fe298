package dev.millrace.server.api;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.server.ControlPlane;
import dev.millrace.server.Refusal.Reason;
import dev.millrace.server.Refusal;
import dev.millrace.server.member.Actor;
import dev.millrace.server.member.Reach;
import dev.millrace.server.member.Role;
import dev.millrace.server.state.Json;
import io.javalin.config.JavalinConfig;
import io.javalin.http.ContentTooLargeResponse;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// The REST API below `/v1` and `/v2`.
///
/// Existing clients differ in what they call things: `connectors` is `connections` everywhere, slashes at the end count for nothing, empty bodies are empty objects.
public final class RestApi {

    private static final Logger LOG = LoggerFactory.getLogger(RestApi.class);
    /// How many bytes a body may have: the choice of 40,000 tables fits.
    public static final long LARGEST_BODY = 4 << 20;

    private static final List<String> VERSIONS = List.of("/v1", "/v2");

    private final ControlPlane plane;
    private final RateLimit limit;
    private final Boundary boundary;
    private final List<Endpoint> endpoints;
    private final String description;

    /// Speaks for a control plane.
    ///
    /// @param limit how much one key may ask for
    public RestApi(ControlPlane plane, RateLimit limit) {
        this.plane = plane;
        this.limit = limit;
        this.boundary = new Boundary(plane);
        Endpoints all = new Endpoints();
        new GroupEndpoints(plane).addTo(all);
        new DestinationEndpoints(plane).addTo(all);
        new ConnectionEndpoints(plane).addTo(all);
        new SchemaEndpoints(plane).addTo(all);
        new TrustEndpoints(plane).addTo(all);
        new MetadataEndpoints(plane).addTo(all);
        new AccountEndpoints(plane).addTo(all);
        new UserEndpoints(plane).addTo(all);
        new SystemKeyEndpoints(plane).addTo(all);
        new WebhookEndpoints(plane).addTo(all);
        new ProxyEndpoints(plane).addTo(all);
        this.endpoints = all.all();
        this.description = OpenApi.of(endpoints).toString();
    }

    /// An operation, for people who look for one.
    ///
    /// @param method of HTTP
    /// @param path below `/v1`
    /// @param role what it takes
    /// @param summary what it does, in a sentence
    public record Operation(String method, String path, Role role, String summary) {}

    /// What there is, in the order in which it is described.
    public List<Operation> operations() {
        ObjectNode paths = Json.parseObject(description).withObjectProperty("paths");
        return endpoints.stream()
                .map(endpoint -> new Operation(
                        endpoint.method().name(),
                        endpoint.path(),
                        endpoint.role(),
                        paths.path(endpoint.path()).path(endpoint.method().name().toLowerCase(Locale.ROOT)).path("summary").asString("")))
                .toList();
    }

    /// Adds its routes to a server.
    public void addTo(JavalinConfig config) {
        for (Endpoint endpoint : endpoints) {
            for (String path : paths(endpoint.path())) {
                config.routes.addHttpHandler(endpoint.method(), path, http -> answer(http, endpoint));
            }
        }
        for (String version : VERSIONS) {
            config.routes.addHttpHandler(HandlerType.GET, version + "/openapi.json", http -> send(http, 200, description));
            for (HandlerType method : List.of(HandlerType.GET, HandlerType.POST, HandlerType.PATCH, HandlerType.DELETE, HandlerType.PUT)) {
                config.routes.addHttpHandler(method, version + "/<rest>", this::unknown);
            }
        }
    }

    /// A path under each version, by each name that it goes by.
    private static Set<String> paths(String path) {
        Set<String> names = new LinkedHashSet<>(List.of(path));
        names.add(path.replace("/connections", "/connectors"));
        Set<String> paths = new LinkedHashSet<>();
        VERSIONS.forEach(version -> names.forEach(name -> paths.add(version + name)));
        return paths;
    }

    private void unknown(Context http) {
        refuse(http, () -> {
            actor(http);
            List<String> methods = new ArrayList<>();
            String asked = http.path().replaceFirst("^/v[12]", "").replaceFirst("/+$", "").replace("/connectors", "/connections");
            for (Endpoint endpoint : endpoints) {
                if (asked.matches(endpoint.path().replaceAll("\\{[^}]+}", "[^/]+"))) {
                    methods.add(endpoint.method().name());
                }
            }
            throw methods.isEmpty()
                    ? new Refusal(Reason.NOT_FOUND, Absent.insteadOf(asked).orElse("There is nothing at '%s %s'.".formatted(http.method(), http.path())))
                    : new Refusal(Reason.METHOD_NOT_ALLOWED, "'%s' is not among what '%s' takes: %s.".formatted(http.method(), http.path(), String.join(", ", methods)));
        });
    }

    private void answer(Context http, Endpoint endpoint) {
        refuse(http, () -> {
            Actor actor = actor(http);
            limit.count(http, actor);
            Call call = new Call(http, actor, Reach.of(actor, plane.members()));
            boundary.admit(call, endpoint);
            endpoint.work().answer(call);
        });
    }

    private Actor actor(Context http) {
        return Credentials.actor(http, plane.keys())
                .orElseThrow(() -> new Refusal(
                        Reason.UNAUTHORIZED, "The API key is missing, wrong or expired. Send key and secret as user and password of Basic authentication."));
    }

    private static void refuse(Context http, Runnable work) {
        try {
            work.run();
        } catch (Refusal refusal) {
            refused(http, refusal);
        } catch (Fault fault) {
            refused(http, refusal(fault));
        } catch (ContentTooLargeResponse _) {
            refused(http, Call.tooLarge());
        } catch (HttpResponseException e) {
            send(http, e.getStatus(), Call.envelope("BadRequest", "The request cannot be read.", null).toString());
        } catch (RuntimeException e) {
            LOG.error("method={} path={} failed=unexpectedly", http.method(), http.path(), e);
            send(http, 500, Call.envelope("InternalError", "Millrace made a mistake; its log says more. Nothing else follows from it.", null).toString());
        }
    }

    /// What to say of a fault that was met while a request was answered.
    private static Refusal refusal(Fault fault) {
        Reason reason = fault.kind() == FaultKind.STATE_UNUSABLE || fault.kind().retry() == FaultKind.Retry.SOON ? Reason.UNAVAILABLE : Reason.CONFLICT;
        return new Refusal(reason, "%s %s".formatted(fault.description(), fault.remedy()));
    }

    private static void refused(Context http, Refusal refusal) {
        if (refusal.reason() == Reason.UNAUTHORIZED) {
            http.header("WWW-Authenticate", "Basic realm=\"millrace\"");
        }
        send(http, refusal.reason().status(), Call.envelope(refusal.code(), refusal.description(), null).toString());
    }

    /// Names that people gave are in what is sent; no browser shall take it for a page.
    static void send(Context http, int status, String json) {
        http.status(status).contentType("application/json").header("X-Content-Type-Options", "nosniff").header("Cache-Control", "no-store").result(json);
    }
}
