package dev.millrace.server.web;

import dev.millrace.core.secret.Secret;
import dev.millrace.server.ServerHarness;
import dev.millrace.server.member.Role;
import dev.millrace.testkit.Eventually;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Cookie;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.Select;

/// Somebody at a browser, who looks for things as people do: by what is written on them.
final class Browser implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> BROWSERS = List.of("/usr/bin/chromium", "/usr/bin/google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    private static final List<String> DRIVERS = List.of("/usr/bin/chromedriver", "/usr/local/bin/chromedriver", "/opt/homebrew/bin/chromedriver");

    private final ChromeDriver driver;
    private String address = "";

    /// Starts one.
    ///
    /// @throws AssertionError if there is none on this machine; it names the command that installs it
    Browser() {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(found(BROWSERS));
        options.addArguments(
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", "--window-size=1360,900");
        // A server's own certificate is one that no browser knows; whether people trust it is theirs to say.
        options.setAcceptInsecureCerts(true);
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        // Where a driver is named, none is looked for elsewhere.
        System.setProperty("webdriver.chrome.driver", found(DRIVERS));
        driver = new ChromeDriver(options);
    }

    /// The first of some programs that is there.
    ///
    /// @throws AssertionError if none is; it names the command that installs it, and the one that leaves these tests out
    static String found(List<String> places) {
        return places.stream()
                .filter(place -> Files.isExecutable(Path.of(place)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(("These tests need a browser and its driver, at one of %s. Install them: `apt-get install chromium chromium-driver`; "
                        + "or leave these tests out: `mvn verify -DskipBrowser`.").formatted(places)));
    }

    /// Goes to another server, with nobody logged in.
    void visit(ServerHarness server) {
        leave();
        // What a test before complained of, which has ended badly, is not told a second time.
        complaints();
        address = server.address();
        driver.executeCdpCommand("Network.clearBrowserCookies", Map.of());
    }

    /// Goes to another server as a member of a role.
    Browser enter(ServerHarness server, Role role) {
        server.server().plane().members().add(Tour.EMAIL, "Ada", "Miller", role, Optional.of(Secret.of(Tour.PASSWORD)));
        visit(server);
        return open("/login").logIn();
    }

    /// Fills in the door's form.
    Browser logIn() {
        return type("email", Tour.EMAIL).type("password", Tour.PASSWORD).click("Log in").see("Log out");
    }

    /// Leaves the page, which would ask on and on for what it shows.
    void leave() {
        driver.get("about:blank");
    }

    /// Opens a page.
    Browser open(String path) {
        driver.get(address + path);
        return this;
    }

    /// Where it is.
    String path() {
        return driver.getCurrentUrl().substring(address.length());
    }

    /// All that can be read on the page.
    String text() {
        return driver.findElement(By.tagName("body")).getText();
    }

    /// The page as it was sent.
    String source() {
        return driver.getPageSource();
    }

    /// Waits until something can be read.
    Browser see(String text) {
        Eventually.within(PATIENCE, () -> {
            String now = text();
            if (!now.contains(text)) {
                throw new AssertionError("'%s' is not on %s:\n%s".formatted(text, driver.getCurrentUrl(), now));
            }
        });
        return this;
    }

    /// Whether something can be read now.
    boolean sees(String text) {
        return text().contains(text);
    }

    /// Types into a field, in the place of what stands there.
    Browser type(String name, String value) {
        WebElement field = field(name);
        field.clear();
        field.sendKeys(value);
        return this;
    }

    /// Takes everything out of a field, key by key, as people do.
    Browser clear(String name) {
        field(name).sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.BACK_SPACE);
        return this;
    }

    /// What stands in a field.
    String value(String name) {
        return Optional.ofNullable(field(name).getDomProperty("value")).orElse("");
    }

    private WebElement field(String name) {
        return Eventually.seen(PATIENCE, () -> driver.findElements(By.name(name)).stream().filter(WebElement::isDisplayed).findFirst(), Optional::isPresent).orElseThrow();
    }

    /// Chooses from a list.
    Browser choose(String name, String value) {
        new Select(field(name)).selectByValue(value);
        return this;
    }

    /// Clicks a button, a link, or whatever has these words on it.
    Browser click(String words) {
        Eventually.within(PATIENCE, () -> target(words).click());
        return this;
    }

    private WebElement target(String words) {
        String kinds = "//*[self::button or self::a or self::summary or self::label]";
        By exactly = By.xpath("%1$s[normalize-space(.)=%2$s or @aria-label=%2$s]".formatted(kinds, quoted(words)));
        By beginning = By.xpath("%1$s[starts-with(normalize-space(.), %2$s)]".formatted(kinds, quoted(words)));
        return Stream.of(exactly, beginning)
                .flatMap(by -> driver.findElements(by).stream())
                .filter(WebElement::isDisplayed)
                .findFirst()
                .orElseThrow(() -> new AssertionError("There is nothing to click called '%s' on %s:\n%s".formatted(words, driver.getCurrentUrl(), text())));
    }

    /// Whether there is something to click with these words on it.
    boolean canClick(String words) {
        By by = By.xpath("//*[self::button or self::a][normalize-space(.)=%s]".formatted(quoted(words)));
        return driver.findElements(by).stream().anyMatch(WebElement::isDisplayed);
    }

    private static String quoted(String words) {
        return words.contains("'") ? "\"" + words + "\"" : "'" + words + "'";
    }

    /// Clicks what a selector finds.
    Browser press(String selector) {
        Eventually.within(PATIENCE, () -> driver.findElement(By.cssSelector(selector)).click());
        return this;
    }

    /// Whether a selector finds anything.
    boolean has(String selector) {
        return !driver.findElements(By.cssSelector(selector)).isEmpty();
    }

    /// How many a selector finds.
    int count(String selector) {
        return driver.findElements(By.cssSelector(selector)).size();
    }

    /// Waits until a selector finds something.
    Browser await(String selector) {
        Eventually.within(PATIENCE, "there is " + selector, () -> has(selector));
        return this;
    }

    /// Agrees to what the page asks.
    Browser agree() {
        Eventually.within(PATIENCE, () -> driver.switchTo().alert().accept());
        return this;
    }

    /// Goes to the next field or button by keyboard; answers what it is called.
    String tab() {
        driver.switchTo().activeElement().sendKeys(Keys.TAB);
        return focused();
    }

    /// What the field or button is called that keys go to.
    String focused() {
        WebElement now = driver.switchTo().activeElement();
        return Stream.of(now.getText(), now.getDomAttribute("aria-label"), now.getDomAttribute("name")).filter(name -> name != null && !name.isBlank()).findFirst().orElse(now.getTagName());
    }

    /// Presses the Escape key.
    void escape() {
        driver.switchTo().activeElement().sendKeys(Keys.ESCAPE);
    }

    /// Presses the Enter key.
    void enter() {
        driver.switchTo().activeElement().sendKeys(Keys.ENTER);
    }

    /// The fields of a page that nothing names to those who do not see what stands beside them.
    String nameless(String path) {
        return open(path).run("""
                return [...document.querySelectorAll('input:not([type=hidden], [hidden]), select, textarea, button')]
                    .filter(one => !one.labels?.length && !one.ariaLabel && !one.textContent.trim())
                    .map(one => one.outerHTML).join(' ');""");
    }

    /// Runs a script in the page, as if its console were open.
    String run(String script) {
        return String.valueOf(driver.executeScript(script));
    }

    /// The log-in's cookie, as it is sent.
    String cookie() {
        return loginCookie().map(cookie -> cookie.getName() + "=" + cookie.getValue()).orElse("");
    }

    /// The log-in's cookie, with the ways on which it is sent.
    Optional<Cookie> loginCookie() {
        return driver.manage().getCookies().stream().filter(cookie -> cookie.getName().endsWith(address.substring(address.lastIndexOf(':') + 1))).findFirst();
    }

    /// Sends a form of somebody's own making; answers with the status.
    int send(String path, String form) {
        HttpRequest.Builder request = request(path).header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString(form));
        return answer(request).statusCode();
    }

    /// What a link leads to.
    String fetch(String path) {
        return answer(request(path)).body();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(address + path)).header("Cookie", cookie());
    }

    private static HttpResponse<String> answer(HttpRequest.Builder request) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError("No answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("No answer", e);
        }
    }

    /// What the browser complained of since it was last asked; that a form was refused is no complaint.
    List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::toString)
                .filter(entry -> !entry.contains("the server responded with a status of 4"))
                .toList();
    }

    /// Has pages look as in the dark, or not.
    void darken(boolean dark) {
        driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    }

    /// Makes the window so wide.
    void widen(int width, int height) {
        driver.executeCdpCommand("Emulation.setDeviceMetricsOverride", Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
        driver.manage().window().setSize(new Dimension(Math.max(width, 500), height));
    }

    /// A picture of the window.
    void picture(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException e) {
            throw new AssertionError("No picture " + file.toString().toLowerCase(Locale.ROOT), e);
        }
    }

    @Override
    public void close() {
        driver.quit();
    }
}
