// What a demonstration adds: the time in its strip ticks, and a window asks every two seconds whether its rows are still the same.

const TICK_MS = 5000;
const LOOK_MS = 2000;

// ---- The strip: the time of the demonstration, as England reads it -------------------------------------------------------------

const time = document.querySelector(".wb-demo time");
const parts = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/London",
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
let there = Date.parse(time?.dateTime);
let here = performance.now();

function showTime() {
  const now = new Date(there + performance.now() - here);
  const part = Object.fromEntries(parts.formatToParts(now).map(({ type, value }) => [type, value]));
  // Three letters for every month, as the server writes them.
  time.textContent = `${part.weekday} ${part.day} ${part.month.slice(0, 3)} ${part.year}, ${part.hour}:${part.minute}`;
  time.dateTime = now.toISOString();
}

if (Number.isFinite(there)) {
  setInterval(showTime, TICK_MS);
}

// ---- A window ------------------------------------------------------------------------------------------------------------------

const rows = document.getElementById("rows");

async function look() {
  try {
    const answer = await fetch(rows.dataset.refresh, { headers: { "If-None-Match": rows.dataset.tag }, cache: "no-store" });
    const now = Date.parse(answer.headers.get("Wardbook-Now"));
    if (Number.isFinite(now)) {
      [there, here] = [now, performance.now()];
      showTime();
    }
    if (answer.status === 200) {
      rows.innerHTML = await answer.text();
      rows.dataset.tag = answer.headers.get("ETag");
      document.dispatchEvent(new Event("wardbook:shown"));
    }
  } catch {
    // The server is away for a moment: what is shown stays, and the next look finds it again.
  }
  setTimeout(look, LOOK_MS);
}

if (rows) {
  setTimeout(look, LOOK_MS);
}
