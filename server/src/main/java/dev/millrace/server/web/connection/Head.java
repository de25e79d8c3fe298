package dev.millrace.server.web.connection;

import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.web.Frame;
import dev.millrace.server.web.Frame.Section;
import dev.millrace.server.web.Visit;

/// What stands above each tab of a connection.
///
/// @param frame around the page
/// @param glance of the connection
/// @param tab that is open
public record Head(Frame frame, Glance glance, Tab tab) {

    /// What there is to see of a connection.
    public enum Tab {
        STATUS("Status", ""),
        LOG("Log", "/log"),
        SCHEMA("Schema", "/schema"),
        USAGE("Usage", "/usage"),
        VERIFY("Verify", "/verify"),
        DATA("Data", "/data"),
        SETUP("Setup", "/setup");

        private final String title;
        private final String path;

        Tab(String title, String path) {
            this.title = title;
            this.path = path;
        }

        /// What it is called.
        public String title() {
            return title;
        }

        /// Where it is, behind the path of its connection.
        public String path() {
            return path;
        }
    }

    /// Of a connection that the path names.
    ///
    /// @throws dev.millrace.server.Refusal if there is none
    public static Head of(Visit visit, Tab tab) {
        return of(visit, connection(visit), tab);
    }

    /// Of a connection.
    public static Head of(Visit visit, ConnectionRecord connection, Tab tab) {
        String title = "%s: %s".formatted(connection.schemaPrefix(), tab.title());
        return new Head(visit.frame(title, Section.CONNECTIONS), Glance.of(visit.site(), connection), tab);
    }

    /// The connection that the path names.
    ///
    /// @throws dev.millrace.server.Refusal if there is none
    public static ConnectionRecord connection(Visit visit) {
        return visit.site().plane().setup().find(visit.path("id"));
    }

    /// The path of the connection.
    public String path() {
        return "/connections/" + glance.id();
    }

    /// Whether who looks may change it.
    public boolean isEditor() {
        return frame.isEditor();
    }
}
