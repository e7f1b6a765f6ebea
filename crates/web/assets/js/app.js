// What JavaScript adds; every page works without it. GOV.UK Frontend's behaviours, a key that covers the screen, live deadlines.

const frontend = document.querySelector('link[rel="modulepreload"]');
if (frontend) {
  // Its path holds its hash, so the page says where it is.
  import(frontend.href).then(({ initAll }) => initAll());
}

// ---- Cover the screen: Esc, as well as the link in the header; Esc again shows the page. An idle page covers itself ------------------

const COVER = "#screen-cover";
const CLOCK_MS = 5000;
const title = document.title;
const told = document.getElementById("cover-told");
const clock = document.querySelector(".wb-cover__clock");
const time = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/London", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
let wasCovered = false;
let focusedBefore = null;
let scrolledBefore = 0;

const isCovered = () => location.hash === COVER;

function cover() {
  if (!isCovered()) {
    focusedBefore = document.activeElement;
    scrolledBefore = window.scrollY;
    location.hash = COVER;
  }
}

function uncover() {
  if (isCovered()) {
    location.hash = "main-content";
  }
}

function showTime() {
  if (clock) {
    clock.textContent = time.format(new Date());
  }
}

// The tab must not say what the page said.
function showCoverState() {
  const covered = isCovered();
  document.title = covered ? "Wardbook" : title;
  if (covered === wasCovered) {
    return;
  }
  wasCovered = covered;
  if (covered) {
    showTime();
    document.querySelector(`${COVER} a`)?.focus();
  } else if (focusedBefore instanceof HTMLElement) {
    window.scrollTo(0, scrolledBefore);
    focusedBefore.focus({ preventScroll: true });
    focusedBefore = null;
  }
  if (told) {
    told.textContent = covered ? "The screen is covered" : "The page is shown again";
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.repeat && !event.defaultPrevented) {
    isCovered() ? uncover() : cover();
  }
});
window.addEventListener("hashchange", showCoverState);
showCoverState();
setInterval(showTime, CLOCK_MS);

const blankAfterMs = Number(document.body.dataset.blankAfter) * 1000;
let idle;

function used() {
  clearTimeout(idle);
  idle = setTimeout(cover, blankAfterMs);
}

if (blankAfterMs > 0) {
  for (const type of ["pointerdown", "pointermove", "keydown", "scroll", "touchstart"]) {
    document.addEventListener(type, used, { passive: true, capture: true });
  }
  used();
}

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
