/// The pages: what the control plane shows to people, and takes from them.
///
/// Read [WebPages] and [Visit] first. A page is a record with all that it shows, made by the class that has its routes, and a template of the same name in
/// `src/main/jte`, which becomes a class at build time and writes every value as text. Forms go to [dev.millrace.server.setup] in the API's words. The packages below are parts
/// of the site; they know this one, and it knows them in [WebPages] only.
@NullMarked
package dev.millrace.server.web;

import org.jspecify.annotations.NullMarked;
