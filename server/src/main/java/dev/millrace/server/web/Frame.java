package dev.millrace.server.web;

import dev.millrace.server.member.Members.Login;
import dev.millrace.server.member.Role;
import java.util.Optional;

/// What is around a page: its title, where in the site it is, who looks at it.
///
/// @param title of the page
/// @param section of the site, as [Section] has it; empty where nobody is logged in
/// @param login whose page it is; empty where nobody is logged in
/// @param isEditor whether who looks may change what the page is about
/// @param assets that it is made of
public record Frame(String title, Optional<Section> section, Optional<Login> login, boolean isEditor, Assets assets) {

    /// A part of the site.
    public enum Section {
        CONNECTIONS("Connections", "/"),
        DESTINATIONS("Destinations", "/destinations"),
        AGENTS("Agents", "/agents"),
        KEYS("API keys", "/keys"),
        WEBHOOKS("Webhooks", "/webhooks"),
        MEMBERS("Members", "/members"),
        AUDIT("Audit log", "/audit"),
        ABOUT("About", "/about");

        private final String title;
        private final String path;

        Section(String title, String path) {
            this.title = title;
            this.path = path;
        }

        /// What it is called.
        public String title() {
            return title;
        }

        /// Where it begins.
        public String path() {
            return path;
        }
    }

    /// Whether a section is the one that the page is in.
    public boolean isIn(Section one) {
        return section.filter(one::equals).isPresent();
    }

    /// Whether who looks may also decide who else may.
    public boolean isAdministrator() {
        return login.filter(one -> one.member().role().covers(Role.ADMINISTRATOR)).isPresent();
    }

    /// What every form carries, so that no other site can send it.
    public String csrf() {
        return login.map(Login::csrf).orElse("");
    }

    /// Who looks, as people call them.
    public String name() {
        return login.map(one -> (one.member().givenName() + " " + one.member().familyName()).strip()).orElse("");
    }
}
