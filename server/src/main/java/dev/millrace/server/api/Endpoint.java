package dev.millrace.server.api;

import dev.millrace.server.member.Role;
import io.javalin.http.HandlerType;

/// One operation of the API.
///
/// @param method of HTTP
/// @param path below the version, in the API's words: `/connections/{id}`
/// @param role what it takes
/// @param work does it and answers
record Endpoint(HandlerType method, String path, Role role, Work work) {

    /// Answers a call.
    @FunctionalInterface
    interface Work {
        /// Does it.
        void answer(Call call);
    }
}
