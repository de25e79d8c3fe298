package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
@Timeout(60)
class LauncherTest {

    private record Outcome(int code, String text) {}

    @TempDir
    Path house;

    private Path launcher;
    private Path tools;

    /// A house with nothing but the launcher, and a path with nothing but what it uses.
    @BeforeEach
    void prepare() throws IOException {
        launcher = Files.copy(
                Path.of("..", "millrace").toAbsolutePath().normalize(), house.resolve("millrace"), StandardCopyOption.COPY_ATTRIBUTES);
        tools = Files.createDirectory(house.resolve("tools"));
        for (String tool :
                List.of("bash", "dirname", "readlink", "find", "uname", "mkdir", "cat", "touch", "mv", "rm", "grep", "tail")) {
            for (String place : List.of("/usr/bin", "/bin")) {
                Path found = Path.of(place, tool);
                if (Files.exists(found) && !Files.exists(tools.resolve(tool))) {
                    executable(tools.resolve(tool), "#!/bin/sh\nexec %s \"$@\"\n".formatted(found));
                }
            }
        }
    }

    @Test
    void a_home_that_holds_no_jdk_25_is_refused_by_name() throws Exception {
        Outcome outcome = run(Map.of("MILLRACE_JAVA_HOME", "/nowhere"), "--help");
        assertThat(outcome.code()).isEqualTo(ExitCode.USAGE.number());
        assertThat(outcome.text()).startsWith("MILLRACE_JAVA_HOME is /nowhere, which is not the home of a JDK 25.");
    }

    @Test
    void without_maven_it_says_what_to_install() throws Exception {
        Outcome outcome = run(Map.of("MILLRACE_JAVA_HOME", System.getProperty("java.home")), "--help");
        assertThat(outcome.code()).isEqualTo(ExitCode.USAGE.number());
        assertThat(outcome.text()).contains("needs Maven, and there is no `mvn` on the PATH", "install Apache Maven");
    }

    @Test
    void a_build_that_does_not_succeed_shows_what_maven_says_and_where_all_of_it_is() throws Exception {
        executable(tools.resolve("mvn"), "#!/bin/sh\necho '[INFO] long'\necho '[ERROR] Broken.java:[1,1] is broken'\nexit 1\n");
        Outcome outcome = run(Map.of("MILLRACE_JAVA_HOME", System.getProperty("java.home")), "--help");
        assertThat(outcome.code()).isEqualTo(ExitCode.USAGE.number());
        assertThat(outcome.text())
                .contains("Millrace: building", "[ERROR] Broken.java:[1,1] is broken", house.resolve("cli/target/build.log").toString())
                .doesNotContain("long");
        assertThat(house.resolve("cli/target/.building")).doesNotExist();
    }

    @Test
    void it_hands_arguments_options_and_its_own_name_over_and_is_found_through_a_link() throws Exception {
        Path home = fakeJdk();
        Files.createDirectories(house.resolve("cli/target"));
        Files.createFile(house.resolve("cli/target/millrace.jar"));
        Path link = Files.createSymbolicLink(house.resolve("link"), launcher);
        launcher = link;
        Map<String, String> environment = Map.of("MILLRACE_JAVA_HOME", home.toString(), "MILLRACE_JAVA_OPTS", "-Xmx2g -Dx=y");
        Outcome outcome = run(environment, "query", "a b", "SELECT '*'");
        assertThat(outcome.text()).contains("<-Xmx512m>").contains("<-Xmx2g>\n<-Dx=y>").contains("<query>\n<a b>\n<SELECT '*'>\n");
        assertThat(outcome.text()).contains("<" + house.toRealPath().resolve("cli/target/millrace.jar") + ">");
        assertThat(outcome.code()).isEqualTo(7);
    }

    @Test
    void it_builds_when_a_source_is_newer_and_not_otherwise() throws Exception {
        Path home = fakeJdk();
        executable(tools.resolve("mvn"), "#!/bin/sh\necho built >> built\n");
        Path source = Files.createDirectories(house.resolve("core/src/main")).resolve("A.java");
        Files.createDirectories(house.resolve("cli/target"));
        Files.writeString(source, "old");
        Files.createFile(house.resolve("cli/target/millrace.jar"));
        Map<String, String> jdk = Map.of("MILLRACE_JAVA_HOME", home.toString());
        run(jdk, "x");
        assertThat(house.resolve("built")).doesNotExist();
        Files.setLastModifiedTime(source, FileTime.fromMillis(System.currentTimeMillis() + 2_000));
        assertThat(run(jdk, "x").text()).contains("sources changed, building");
        assertThat(house.resolve("built")).hasContent("built");
    }

    private Path fakeJdk() throws IOException {
        Path home = Files.createDirectories(house.resolve("jdk"));
        Files.createDirectories(home.resolve("bin"));
        executable(home.resolve("bin/java"), "#!/bin/sh\nfor word in \"$@\"; do echo \"<$word>\"; done\nexit 7\n");
        executable(home.resolve("bin/javac"), "#!/bin/sh\n");
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"25.0.1\"\n");
        return home;
    }

    private static void executable(Path file, String script) throws IOException {
        Files.writeString(file, script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Outcome run(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).directory(house.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", tools.toString());
        builder.environment().put("HOME", house.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), text);
    }
}
