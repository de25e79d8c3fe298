package dev.millrace.server.api;

import dev.millrace.server.member.Role;
import io.javalin.http.HandlerType;
import java.util.ArrayList;
import java.util.List;

/// Collects the operations of the API.
final class Endpoints {

    private final List<Endpoint> all = new ArrayList<>();

    Endpoints get(String path, Endpoint.Work work) {
        return add(HandlerType.GET, path, Role.VIEWER, work);
    }

    Endpoints post(String path, Role role, Endpoint.Work work) {
        return add(HandlerType.POST, path, role, work);
    }

    Endpoints patch(String path, Role role, Endpoint.Work work) {
        return add(HandlerType.PATCH, path, role, work);
    }

    Endpoints delete(String path, Role role, Endpoint.Work work) {
        return add(HandlerType.DELETE, path, role, work);
    }

    /// One that asks for more than looking.
    Endpoints get(String path, Role role, Endpoint.Work work) {
        return add(HandlerType.GET, path, role, work);
    }

    private Endpoints add(HandlerType method, String path, Role role, Endpoint.Work work) {
        all.add(new Endpoint(method, path, role, work));
        return this;
    }

    List<Endpoint> all() {
        return List.copyOf(all);
    }
}
