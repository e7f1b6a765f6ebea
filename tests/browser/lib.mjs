// What every browser check uses (P0-A11Y-1): a fresh Chromium, the accessibility rules, widths, screenshots, and hands that use the keyboard only.
// To write a check: `await withBrowser(async (browser) => { ... })`, pages from `openPage`, and `checkPage` on whatever is shown.

import { createHmac } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);

/** A phone held upright, a desk, and a desk at 400 %. */
export const WIDTHS = [
  { width: 390, height: 844 },
  { width: 1280, height: 900 },
  { width: 320, height: 256 },
];

/** The directory for screenshots. None are taken without it: nobody looks at those of a test run, and a browser that never delivers one must not fail it. */
const SHOTS = process.env.WARDBOOK_SHOTS;

// Long, because a busy machine stands still now and then, and a step that never ends fails all the same.
const STEP_TIMEOUT_MS = 60_000;
const TAB_MAX = 120;
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** The browser to drive: `CHROMIUM`, else where Debian puts it. */
export function chromiumPath() {
  const candidates = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"];
  const found = candidates.find((candidate) => candidate && existsSync(candidate));
  if (!found) {
    throw new Error("no Chromium found: apt-get install -y chromium, or set CHROMIUM");
  }
  return found;
}

const RUN_TIMEOUT_MS = 600_000;

/** Runs `body` with a browser that has a profile of its own and talks to nobody but the pages it opens; for ten minutes at most. */
export async function withBrowser(body) {
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${RUN_TIMEOUT_MS / 1000} s`)), RUN_TIMEOUT_MS);
  });
  try {
    return await Promise.race([body(browser), late]);
  } finally {
    clearTimeout(timer);
    await browser.close();
  }
}

/**
 * A page in a context of its own (no shared cookies). Anything the content security policy stops, any script error and any request that
 * leaves `baseURL` is kept in `page.complaints`; `checkPage` fails on them.
 */
export async function openPage(browser, { baseURL, javaScript = true, viewport = WIDTHS[1] }) {
  const context = await browser.newContext({
    baseURL,
    viewport,
    javaScriptEnabled: javaScript,
    locale: "en-GB",
    timezoneId: "Europe/London",
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(STEP_TIMEOUT_MS);
  const page = await context.newPage();
  page.complaints = [];
  page.javaScript = javaScript;
  page.on("console", (message) => {
    // A page that answers 4xx on purpose is reported here too; its status is for the journey to judge.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
      page.complaints.push(`console: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => page.complaints.push(`script: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(baseURL)) {
      page.complaints.push(`leaves the server: ${request.url()}`);
    }
  });
  page.on("response", (response) => {
    if (response.url().includes("/assets/") && response.status() >= 400) {
      page.complaints.push(`asset ${response.status()}: ${response.url()}`);
    }
  });
  return page;
}

let axeSource;

/** axe must find nothing. Its timers never fire where scripts are switched off, so there the same markup goes without. */
export async function axe(page, name) {
  if (!page.javaScript) {
    return;
  }
  axeSource ??= await readFile(require.resolve("axe-core/axe.min.js"), "utf8");
  await page.evaluate(`window.axe || (() => { ${axeSource} })()`);
  const { violations } = await page.evaluate((tags) => globalThis.axe.run(document, { runOnly: tags }), TAGS);
  if (violations.length > 0) {
    const lines = violations.flatMap((violation) =>
      violation.nodes.map((node) => `  ${violation.id} (${violation.impact}): ${violation.help}\n    ${node.html}\n    ${node.failureSummary}`),
    );
    throw new Error(`axe, ${name}:\n${lines.join("\n")}`);
  }
}

/** Nothing may be wider than the screen, nor hide words in a part that scrolls sideways by itself. */
export async function noSidewaysScroll(page, name) {
  const wide = await page.evaluate(() => {
    const root = document.documentElement;
    const scrolls = (element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowX) && element.scrollWidth > element.clientWidth + 1;
    const inner = [...document.querySelectorAll("body *")].find(scrolls);
    if (inner) return `${inner.scrollWidth} > ${inner.clientWidth}: ${inner.outerHTML.slice(0, 120)}`;
    if (root.scrollWidth <= root.clientWidth) return null;
    const culprits = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1);
    return `${root.scrollWidth} > ${root.clientWidth}: ${culprits.slice(0, 3).map((element) => element.outerHTML.slice(0, 120)).join(" | ")}`;
  });
  if (wide) {
    throw new Error(`scrolls sideways, ${name}: ${wide}`);
  }
}

/** A picture of the whole page, named after the page and the width, where `WARDBOOK_SHOTS` says where to. */
export async function shot(page, name) {
  if (!SHOTS) return;
  await mkdir(SHOTS, { recursive: true });
  await page.screenshot({ path: path.join(SHOTS, `${name}-${page.viewportSize().width}.png`), fullPage: true });
}

/** Everything that must hold for a page as it now stands, at every width; then back to the width it had. */
export async function checkPage(page, name) {
  await page.waitForLoadState("networkidle");
  const before = page.viewportSize();
  for (const viewport of WIDTHS) {
    await page.setViewportSize(viewport);
    const at = `${name} at ${viewport.width}`;
    await axe(page, at);
    await noSidewaysScroll(page, at);
    await shot(page, name);
  }
  await page.setViewportSize(before);
  if (page.complaints.length > 0) {
    throw new Error(`${name}:\n  ${page.complaints.join("\n  ")}`);
  }
}

// ---- Keyboard only --------------------------------------------------------------------------------------------------------------

const focused = (page) => page.locator("*:focus");

async function isFocused(target) {
  return target.evaluate((element) => element === document.activeElement);
}

/** Presses Tab (or Shift+Tab) until `target`, a locator, has the focus; fails when it never does. */
export async function tabTo(page, target, { back = false } = {}) {
  const wanted = target.first();
  await wanted.waitFor();
  for (let presses = 0; presses <= TAB_MAX; presses += 1) {
    if (await isFocused(wanted)) {
      return;
    }
    await page.keyboard.press(back ? "Shift+Tab" : "Tab");
  }
  throw new Error(`cannot reach ${target} with ${TAB_MAX} presses of Tab; the focus is on ${await focused(page).first().evaluate((e) => e.outerHTML.slice(0, 160)).catch(() => "nothing")}`);
}

/** Reaches a link, button or summary by its accessible name and presses Enter. */
export async function press(page, role, name) {
  await tabTo(page, page.getByRole(role, { name }));
  await page.keyboard.press("Enter");
}

/** The same where it leads to another page; waits for that page. */
export async function follow(page, role, name) {
  await followTo(page, page.getByRole(role, { name }));
}

/** The same for a locator. What is asked before a record is shown is answered on the way. */
export async function followTo(page, target) {
  await tabTo(page, target);
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
  await page.waitForLoadState("networkidle");
  await answerLook(page);
}

/** Where a page asks first whether the screen is private, and for which purpose a record is opened: answers, with the keyboard. */
export async function answerLook(page) {
  if (new URL(page.url()).pathname !== "/look") {
    return;
  }
  await checkPage(page, "look");
  if ((await page.getByRole("radio").count()) > 0) {
    await choose(page, "Work on this record");
  }
  await tabTo(page, page.getByRole("button", { name: /show it$/i }));
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
  await page.waitForLoadState("networkidle");
  must(new URL(page.url()).pathname !== "/look", "the questions are answered once");
}

/** Reaches a text field by its label and types; the first that shows, where several options have one. */
export async function type(page, label, text) {
  await tabTo(page, page.getByLabel(label, { exact: true }).locator("visible=true"));
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type(text);
}

/** Reaches a checkbox by its label and ticks it with the space bar. */
export async function tick(page, label) {
  const box = page.getByRole("checkbox", { name: label, exact: true });
  await tabTo(page, box);
  if (!(await box.isChecked())) await page.keyboard.press("Space");
}

/** Reaches a select by its label and picks an option by typing its first words, as a keyboard does. */
export async function pick(page, label, option) {
  const select = page.getByLabel(label, { exact: true });
  await tabTo(page, select);
  await page.keyboard.type(option);
  const chosen = await select.first().evaluate((element) => element.selectedOptions[0].textContent.trim());
  must(chosen === option, `${label}: ${chosen} is chosen and not ${option}`);
}

/** Reaches the group that holds a radio button and chooses it with the arrow keys and the space bar. */
export async function choose(page, label) {
  const wanted = page.getByRole("radio", { name: label, exact: true });
  await wanted.waitFor();
  const name = await wanted.getAttribute("name");
  const group = page.locator(`input[type=radio][name="${name}"]`);
  const count = await group.count();
  // Tab stops once in a group: on the chosen one, else on the first.
  const chosen = page.locator(`input[type=radio][name="${name}"]:checked`);
  await tabTo(page, (await chosen.count()) > 0 ? chosen : group);
  for (let presses = 0; presses <= count; presses += 1) {
    if (await isFocused(wanted)) {
      if (!(await wanted.isChecked())) await page.keyboard.press("Space");
      return;
    }
    await page.keyboard.press("ArrowDown");
  }
  throw new Error(`cannot reach the radio button ${label} with the arrow keys`);
}

/** Fails with `message` unless `condition` holds. */
export function must(condition, message) {
  if (!condition) {
    throw new Error(message);
  }
}

/** The letters of base 32 (RFC 4648). */
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const STEP_MS = 30_000;

/** The code that an authenticator app shows for a key in base 32 at a step of time (RFC 6238). */
export function codeOf(key, step) {
  let bits = "";
  for (const letter of key.replaceAll(/\s/g, "")) {
    bits += BASE32.indexOf(letter).toString(2).padStart(5, "0");
  }
  const bytes = bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", Buffer.from(bytes)).update(counter).digest();
  const at = mac.at(-1) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** Everybody's app: key and last step by e-mail. Kept in the file `WARDBOOK_FACTORS`, where several scripts meet one server. */
const apps = process.env.WARDBOOK_FACTORS && existsSync(process.env.WARDBOOK_FACTORS) ? JSON.parse(readFileSync(process.env.WARDBOOK_FACTORS, "utf8")) : {};

/** A code of this person's app that was not used before; waits for one where the last minute's are all used. */
async function freshCode(email) {
  const app = apps[email];
  must(app, `${email} has a second factor that was set up elsewhere: name its file in WARDBOOK_FACTORS`);
  for (;;) {
    const now = Math.floor(Date.now() / STEP_MS);
    const step = Math.max(now - 1, app.last + 1);
    if (step <= now + 1) {
      app.last = step;
      if (process.env.WARDBOOK_FACTORS) writeFileSync(process.env.WARDBOOK_FACTORS, JSON.stringify(apps), { mode: 0o600 });
      return codeOf(app.key, step);
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

const land = (page, role, name) => Promise.all([page.waitForEvent("load"), page.getByRole(role, { name }).click()]);
const pathOf = (page) => new URL(page.url()).pathname;

/** What comes after the password: the code, setting a second factor up, and what a person is told about their account. */
export async function secondStep(page, person) {
  if (pathOf(page) === "/sign-in/code") {
    await checkPage(page, "sign-in-code");
    await page.getByLabel("Code").fill(await freshCode(person.email));
    await land(page, "button", "Sign in");
  }
  if (pathOf(page) === "/account/factor") {
    await checkPage(page, "factor");
    apps[person.email] = { key: await page.locator(".wb-factor__key").innerText(), last: 0 };
    await page.getByLabel("Code").fill(await freshCode(person.email));
    await land(page, "button", "Confirm");
    await checkPage(page, "factor-recovery");
    await land(page, "button", "I have kept them: continue");
  }
  const read = page.getByRole("button", { name: "I have read this" });
  if (await read.isVisible()) {
    await Promise.all([page.waitForEvent("load"), read.click()]);
  }
}
