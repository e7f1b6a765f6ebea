// The demo's tour, walked with two pages: a teaching assistant files and the DSL's window shows it by itself; the DSL sees the clock and
// finds their own look; the administrator fails at the very same report; the head whom a concern is about and the one who stands in, side by side; a flipped byte; the demo's clock jumps. Then without JavaScript.
//
//   node tour.mjs BASE_URL        (of a demo: its `listening`)

import { answerAll, answers, timeThere } from "./filing.mjs";
import { checkPage, choose, follow, followTo, must, openPage, tick, type, withBrowser } from "./lib.mjs";

const HOUR_MS = 3_600_000;
const REFERENCE = /[0-9A-F]{4}-[0-9A-F]{4}/;
const CONCERN = "Low-level concern about an adult";

const baseURL = process.argv[2]?.replace(/\/$/, "");
must(baseURL, "usage: node tour.mjs BASE_URL");

const at = (page) => new URL(page.url()).pathname;

/** The references of the rows that a page or a frame shows; with `words`, of those that say so. */
async function references(page, words = "") {
  const cards = await page.locator(".wb-card", { hasText: words }).allTextContents();
  return cards.map((card) => card.match(REFERENCE)?.[0]).filter(Boolean);
}

/** Goes to a stop of the tour by the links, checks it and presses its button. */
async function stop(page, title, button, before = async () => {}) {
  await page.goto("/demo/tour");
  await follow(page, "link", title);
  await checkPage(page, `tour-stop-${at(page).split("/").pop()}`);
  await before();
  await follow(page, "button", button);
}

async function fileAndWatch(page, browser) {
  let window;
  await stop(page, "File a report as a teaching assistant", "Be Hana Kemp and file a report", async () => {
    window = await openPage(browser, { baseURL });
    await window.goto(await page.getByRole("link", { name: "Open the window of George Xu" }).getAttribute("href"));
    await checkPage(window, "tour-window");
  });
  const before = await references(window);
  await window.evaluate(() => {
    globalThis.notReloaded = true;
  });
  const how = {
    ...answers("A stranger in a game asked a child for our class list, and it has been sent."),
    data: async (on) => {
      await tick(on, "Pupils’ personal data");
      await choose(on, "No");
    },
  };
  await answerAll(page, "tour-file", how);
  await window.waitForFunction((count) => document.querySelectorAll(".wb-card").length > count, before.length);
  const fresh = (await references(window)).filter((reference) => !before.includes(reference));
  must(fresh.length === 1, `${fresh.length} new rows in the window, where one report was filed`);
  must(await window.evaluate(() => globalThis.notReloaded), "the window shows it by itself");
  await checkPage(window, "tour-window-after");
  return { window, reference: fresh[0] };
}

async function seeTheClock(page, reference) {
  await stop(page, "Open it as the DSL and see the clock", "Be George Xu and open the queue");
  must(at(page) === "/queue", `signed in to the queue: ${page.url()}`);
  await followTo(page, page.getByRole("button", { name: reference }));
  await checkPage(page, "tour-report");
  const due = page.locator(".wb-due");
  must((await due.locator("time[data-due]").textContent()).trim() === "in 2 days", `the clock: ${await due.textContent()}`);
}

/** Where one's own look stands; then what the administrator gets of the same record. Returns its path. */
async function followTheLaptop(page) {
  await stop(page, "Follow a lost laptop from the train to closed", "Be Uma Jones and open her cases");
  await checkPage(page, "tour-cases");
  const closed = page.locator("main tr, main .wb-card", { hasText: "Closed" }).filter({ hasText: "Loss or theft" });
  await followTo(page, closed.locator("a").first());
  await checkPage(page, "tour-laptop");
  const text = await page.locator("main").textContent();
  for (const known of ["OAK-0042", "5CG2140KLM", "Callum Reid", "Lock it from afar", "Case closed"]) must(text.includes(known), `the laptop's case says ${known}`);
}

async function goHomeOnFriday(page) {
  await stop(page, "Go home on Friday", "Be Priya Anand before she goes");
  await checkPage(page, "tour-before-you-go");
  must((await page.locator(".wb-card").count()) > 0, "something of the DPO's falls due before Monday");
  // Handed over: it stands on the other one's queue, in hand.
  const card = page.locator(".wb-card", { has: page.getByRole("link", { name: /^Hand it over/ }) }).first();
  const reference = (await card.textContent()).match(REFERENCE)[0];
  await followTo(page, card.getByRole("link", { name: /^Hand it over/ }));
  await checkPage(page, "tour-hand-over");
  await type(page, "To whom?", "uma.jones@example.org");
  await type(page, "Why, and what do they need to know?", "I am away until Tuesday; the register is up to date.");
  await follow(page, "button", "Hand it over");
  await page.goto("/demo");
  await follow(page, "button", "Be Uma Jones");
  await page.goto("/queue");
  must((await references(page)).includes(reference), `${reference} is on the queue of whom it was handed to`);
  await checkPage(page, "tour-handed-over");
}

async function findOwnLook(page, reference, name = "tour") {
  await stop(page, "Find your own look in the trace", "Be George Xu and see who has looked");
  must(/^\/(reports|cases)\/[0-9a-f]{32}\/reads$/.test(at(page)), `to the looks at the record: ${page.url()}`);
  must((await page.getByRole("heading", { level: 1 }).textContent()).includes(reference), "of the report that was opened last");
  await checkPage(page, `${name}-own-look`);
  const own = page.locator("tbody tr", { hasText: "You" }).filter({ hasText: "Opened it" });
  must((await own.count()) > 0, "one's own look is there");
  return at(page).replace(/\/reads$/, "");
}

async function failAsAdministrator(page, record, name = "tour") {
  await stop(page, "Be the administrator, and fail", "Be Imogen Frayne, the administrator");
  must(at(page) === "/demo/administrator", `what there is to try: ${page.url()}`);
  await checkPage(page, `${name}-administrator`);
  const gone = await page.request.get("/reports/00000000000000000000000000000000");
  must(gone.status() === 404, `no such report is ${gone.status()}`);
  const attempt = async (link, to, heading) => {
    await follow(page, "link", link);
    must(at(page) === to, `${link}: ${page.url()}`);
    const title = (await page.getByRole("heading", { level: 1 }).textContent()).trim();
    must(title === heading, `${link}: ${title}`);
    await checkPage(page, `${name}-administrator${to.replaceAll("/", "-").replace(/-[0-9a-f]{32}/, "-record")}`);
    const words = await page.locator("main").textContent();
    await page.goto("/demo/administrator");
    return words;
  };
  const nothing = (await gone.text()).match(/<h1[^>]*>([^<]*)<\/h1>/)[1].trim();
  const reference = new RegExp(`^Open ${REFERENCE.source}$`);
  await attempt(reference, record, nothing);
  await attempt(new RegExp(`^See who has looked at ${REFERENCE.source}$`), `${record}/reads`, nothing);
  const looks = await attempt("See the looks that you may see", "/reads", "What you have looked at");
  must(!REFERENCE.test(looks), "nobody's record is among the administrator's looks");
  const people = await attempt("Give yourself a duty that opens records", "/people", "People");
  must(people.includes("Add a person, or a duty for one"), "an administrator may ask");
  await attempt("Agree to it yourself", "/people/waiting", nothing);
}

async function sideBySide(page) {
  await stop(page, "Be the headteacher whom a concern is about", "Be Sunil Young");
  must(at(page) === "/queue", "the head sees a queue of his own");
  const own = await references(page);
  await stop(page, "See him beside the one who stands in", "Show both side by side");
  await checkPage(page, "tour-side-by-side");
  const [left, right] = ["What Sunil Young sees", "What Oona Okafor-Lowe sees"].map((title) => page.frameLocator(`iframe[title="${title}"]`));
  await left.getByRole("heading", { level: 1 }).waitFor();
  await right.getByRole("heading", { level: 1 }).waitFor();
  const concerns = await references(right, CONCERN);
  must(concerns.length > 0, "the concern is at the one who stands in");
  const his = [...own, ...(await references(left))];
  must(his.length > 0, "the head has work of his own");
  must(!concerns.some((reference) => his.includes(reference)), "and nothing of it is at the head");
}

async function flip(page) {
  await stop(page, "Flip one byte", "Flip one byte in a copy");
  await checkPage(page, "tour-flipped");
  must((await page.locator("#flipped-copy").textContent()).startsWith("NOT intact at position "), "the copy is told to be altered");
  must((await page.locator("#flipped-book").textContent()).startsWith("Intact: "), "the book is told to be whole");
}

async function jump(page, window) {
  await page.goto("/demo/tour");
  const before = await timeThere(page);
  const words = await page.locator(".wb-demo time").textContent();
  await follow(page, "button", "Jump one hour");
  must(at(page) === "/demo/tour", "a jump leads back to the page");
  const passed = (await timeThere(page)) - before;
  must(passed >= HOUR_MS && passed < HOUR_MS + 60_000, `an hour passed and not ${passed} ms`);
  const after = await page.locator(".wb-demo time").textContent();
  must(after !== words, "the strip says so");
  if (window) {
    await window.waitForFunction((minute) => document.querySelector(".wb-demo time").textContent >= minute, after);
  }
}

await withBrowser(async (browser) => {
  const page = await openPage(browser, { baseURL });
  await page.goto("/sign-in");
  await follow(page, "link", "Sign in as somebody of the demonstration with one click");
  await checkPage(page, "tour-people");
  const { window, reference } = await fileAndWatch(page, browser);
  await seeTheClock(page, reference);
  await followTheLaptop(page);
  await goHomeOnFriday(page);
  const record = await findOwnLook(page, reference);
  await failAsAdministrator(page, record);
  await sideBySide(page);
  await flip(page);
  await jump(page, window);
  must(window.complaints.length === 0, window.complaints.join("\n"));

  const plain = await openPage(browser, { baseURL, javaScript: false });
  await plain.goto("/demo");
  await checkPage(plain, "tour-people-plain");
  await follow(plain, "button", "Be Uma Jones");
  must(at(plain) === "/today", "one click signs in without JavaScript, to a head's first screen");
  await checkPage(plain, "tour-today");
  await jump(plain);
  await failAsAdministrator(plain, await findOwnLook(plain, reference, "tour-plain"), "tour-plain");
  console.log(`the tour: ${reference} arrived by itself, its clock runs, one's own look is in the trace, the administrator gets nothing, the head does not see what the stand-in sees, a flipped byte is found`);
});
