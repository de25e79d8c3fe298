package dev.millrace.server.web;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;

/// The pages' templates, as they were compiled at build time.
public final class Templates {

    private static final String PACKAGE = "dev.millrace.server.web.pages";

    private final TemplateEngine engine = TemplateEngine.createPrecompiled(null, ContentType.Html, Templates.class.getClassLoader(), PACKAGE);

    /// The HTML of one.
    ///
    /// @param name of its file, without ending
    /// @param page what it shows
    public String html(String name, Object page) {
        StringOutput output = new StringOutput();
        engine.render(name + ".jte", page, output);
        return output.toString();
    }
}
