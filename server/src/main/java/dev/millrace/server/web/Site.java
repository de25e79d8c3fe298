package dev.millrace.server.web;

import dev.millrace.server.ControlPlane;
import dev.millrace.server.web.setup.Examinings;
import java.time.InstantSource;

/// What all pages share.
///
/// @param plane that they show
/// @param templates by which
/// @param assets that they are made of
/// @param bell rings when something happened
/// @param examinings the setup tests that are being asked
/// @param clock by which they say how long ago
public record Site(ControlPlane plane, Templates templates, Assets assets, Bell bell, Examinings examinings, InstantSource clock) {}
