// What JavaScript adds; every page works without it. GOV.UK Frontend's behaviours, a key that covers the screen, live deadlines.

const frontend = document.querySelector('link[rel="modulepreload"]');
if (frontend) {
  // Its path holds its hash, so the page says where it is.
  import(frontend.href).then(({ initAll }) => initAll());
}

// ---- Cover the screen: Esc twice within a second, as well as the link in the header -----------------------------------------

const COVER = "#screen-cover";
const TWICE_WITHIN_MS = 1000;
const title = document.title;
let lastEscape = -Infinity;
let focusedBefore = null;

function cover() {
  if (location.hash !== COVER) {
    focusedBefore = document.activeElement;
    location.hash = COVER;
  }
}

// The tab must not say what the page said.
function showCoverState() {
  const covered = location.hash === COVER;
  document.title = covered ? "Wardbook" : title;
  if (covered) {
    document.querySelector(`${COVER} a`)?.focus();
  } else if (focusedBefore instanceof HTMLElement) {
    focusedBefore.focus();
    focusedBefore = null;
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.repeat) {
    return;
  }
  if (event.timeStamp - lastEscape < TWICE_WITHIN_MS) {
    cover();
  }
  lastEscape = event.timeStamp;
});
window.addEventListener("hashchange", showCoverState);
showCoverState();

// ---- Live deadlines: the words of src/pages/due.rs, kept fresh ---------------------------------------------------------------

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function distanceWords(leftSeconds) {
  const size = Math.abs(leftSeconds);
  if (size < MINUTE) {
    return leftSeconds < 0 ? "just now" : "in less than a minute";
  }
  const [length, unit] = size < HOUR ? [MINUTE, "minute"] : size < 2 * DAY ? [HOUR, "hour"] : [DAY, "day"];
  const count = Math.floor(size / length);
  const words = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return leftSeconds < 0 ? `${words} ago` : `in ${words}`;
}

// The device's clock may be wrong by hours; the server's is right. What passes since the page came is the same on both.
let shown = [];

function takeDeadlines() {
  const startedAt = Date.now();
  shown = [...document.querySelectorAll("time[data-due]")].map((element) => ({ element, startedAt, leftAtStart: Number(element.dataset.left) }));
}

function refreshDeadlines() {
  for (const { element, startedAt, leftAtStart } of shown) {
    if (Number.isFinite(leftAtStart)) {
      element.textContent = distanceWords(Math.floor(leftAtStart - (Date.now() - startedAt) / 1000));
    }
  }
}

takeDeadlines();
// A window of the demonstration shows other rows.
document.addEventListener("wardbook:shown", takeDeadlines);
setInterval(refreshDeadlines, 30_000);
