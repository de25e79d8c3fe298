/// Tests of the pages in a real browser.
///
/// Read [Browser] first.
@NullMarked
package dev.millrace.server.web;

import org.jspecify.annotations.NullMarked;
