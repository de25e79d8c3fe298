"use strict";
// What HTML, CSS and htmx leave to be done: copying, asking before something grave, dialogs, and the chart.

document.addEventListener("click", event => {
    const copy = event.target.closest("[data-copy]");
    if (copy) {
        navigator.clipboard.writeText(copy.parentElement.querySelector("pre").textContent).then(() => {
            copy.textContent = "Copied";
            setTimeout(() => { copy.textContent = "Copy"; }, 1500);
        });
    }
    const opens = event.target.closest("[data-opens]");
    if (opens) {
        opens.parentElement.querySelector("dialog").showModal();
    }
});

document.addEventListener("submit", event => {
    const question = event.target.dataset.ask;
    if (question && !window.confirm(question)) {
        event.preventDefault();
    }
});

document.addEventListener("change", event => {
    if (event.target.matches("[data-submit]")) {
        event.target.form.requestSubmit();
    }
});

// Where the dialog asks something that the page waits for, it opens by itself.
document.addEventListener("htmx:load", event => {
    const dialog = event.detail.elt.querySelector?.("dialog[data-show]");
    if (dialog && !document.querySelector("dialog[open]")) {
        dialog.showModal();
    }
});

// Where a row of links is wider than the window, the one that is open is seen.
document.querySelectorAll("nav [aria-current]").forEach(link => {
    const row = link.parentElement;
    row.scrollLeft = link.offsetLeft - row.offsetLeft - (row.clientWidth - link.offsetWidth) / 2;
});

// The chart draws what the page has received since it was opened.
const points = [[], [], []];
let chart = null;
// How the connection stood; what the source says is asked for again when that has changed.
let word = null;

function draw() {
    const style = getComputedStyle(document.documentElement);
    const place = document.querySelector("[data-chart]");
    const colour = name => style.getPropertyValue(name).trim();
    const grid = { stroke: colour("--line"), width: 1 };
    const axis = { stroke: colour("--soft"), grid, ticks: grid };
    chart = new uPlot({
        width: place.clientWidth, height: 200,
        scales: { x: { range: (_, low, high) => [Math.min(low, high - 60), high] }, rate: { range: (_, low, high) => [0, Math.max(1, high)] }, lag: { range: (_, low, high) => [0, Math.max(1024, high)] } },
        axes: [axis, { ...axis, scale: "rate", size: 60 }, { ...axis, scale: "lag", side: 1, size: 80, grid: { show: false }, values: (_, all) => all.map(bytes) }],
        series: [{},
            { label: "rows a second", scale: "rate", stroke: colour("--water"), width: 2 },
            { label: "lag", scale: "lag", stroke: colour("--warn"), width: 2, value: (_, one) => one == null ? "–" : bytes(one) }],
    }, points, place);
}

function bytes(amount) {
    const units = ["B", "kB", "MB", "GB", "TB"];
    let unit = 0;
    while (amount >= 1000 && unit < units.length - 1) {
        amount /= 1024;
        unit++;
    }
    return (unit === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)) + " " + units[unit];
}

function take() {
    const point = document.querySelector("[data-point]");
    if (!point || !document.querySelector("[data-chart]")) {
        return;
    }
    if (word !== null && word !== point.dataset.word) {
        htmx.trigger(document.body, "stood");
    }
    word = point.dataset.word;
    points[0].push(Date.now() / 1000);
    points[1].push(Number(point.dataset.rate));
    points[2].push(Number(point.dataset.lag) < 0 ? null : Number(point.dataset.lag));
    if (points[0].length > 1800) {
        points.forEach(one => one.shift());
    }
    if (chart) {
        chart.setData(points);
    } else {
        draw();
    }
}

take();

document.addEventListener("htmx:afterSwap", event => {
    if (event.detail.target?.id === "now") {
        take();
    }
});
window.addEventListener("resize", () => {
    if (chart) {
        chart.setSize({ width: document.querySelector("[data-chart]").clientWidth, height: 200 });
    }
});

// The chart's colours are drawn, so they do not follow the style by themselves.
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    if (chart) {
        chart.destroy();
        draw();
    }
});
