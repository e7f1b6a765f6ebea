// One report from end to end, as people with a keyboard and no mouse: a reporter files it, its receiver finds it on the queue, receives
// and assesses it, notes it, asks and is answered without JavaScript, and closes the case; then a reporter files another with JavaScript
// switched off. axe and every width on every page.
//
//   WARDBOOK_PEOPLE='{"reporter":{"email":"..","password":".."},"receiver":{"email":"..","password":".."}}' node journey.mjs BASE_URL
//
// The receiver must be the one to whom an online safety concern of the reporter's (first) school goes, and who owns its safeguarding case.

import { SIGN, answers, fileReport, signIn, signOut } from "./filing.mjs";
import { checkPage, choose, follow, followTo, must, openPage, tabTo, tick, type, withBrowser } from "./lib.mjs";

const QUEUE_PAGES_MAX = 50;

const baseURL = process.argv[2]?.replace(/\/$/, "");
const people = JSON.parse(process.env.WARDBOOK_PEOPLE ?? "null");
must(baseURL && people?.reporter && people?.receiver, "usage: WARDBOOK_PEOPLE=JSON node journey.mjs BASE_URL");

/** Where every row of the queue leads, over all its pages, with the page it stands on. */
async function queueRows(page) {
  await page.goto("/queue");
  const rows = new Map();
  for (let pages = 0; pages < QUEUE_PAGES_MAX; pages += 1) {
    for (const link of await page.locator(".wb-card__action").all()) {
      rows.set(await link.getAttribute("href"), page.url());
    }
    const next = page.getByRole("link", { name: "Next page" });
    if ((await next.count()) === 0) {
      return rows;
    }
    await Promise.all([page.waitForEvent("load"), next.click()]);
  }
  throw new Error(`the queue has more than ${QUEUE_PAGES_MAX} pages`);
}

// What is to be done on the case, from the top of its list: each kind of act once with the keyboard, its page checked; again by its address.
async function dealWith(page) {
  const met = new Set();
  for (let acts = 0; acts < 20; acts += 1) {
    const next = page.locator(".wb-todo__item a[href*='/act/']").first();
    if ((await next.count()) === 0) return;
    const href = await next.getAttribute("href");
    const verb = href.split("/act/")[1].split("?")[0];
    const known = met.has(verb);
    met.add(verb);
    if (known) await page.goto(href);
    else {
      await followTo(page, next);
      await checkPage(page, `journey-act-${verb}`);
    }
    const write = known ? (label, text) => page.getByLabel(label, { exact: true }).fill(text) : (label, text) => type(page, label, text);
    if (verb === "assess") await knowAll(page);
    else if (verb === "decide") {
      await choose(page, "The police are not told");
      await write("Why?", "Nothing in it is against the law.");
    } else {
      await write("How?", "By telephone");
      await write("Reference that was given (optional)", "MC-118");
    }
    const send = page.locator("main form .govuk-button").first();
    if (known) await Promise.all([page.waitForEvent("load"), send.click()]);
    else await follow(page, "button", (await send.textContent()).trim());
    must(!page.url().includes("/act/"), `it is recorded: ${href}`);
  }
  throw new Error("the case has no end");
}

async function knowAll(page) {
  for (const name of await page.locator("main input[type=radio]").evaluateAll((all) => [...new Set(all.map((one) => one.name))])) {
    const group = page.locator(`main input[name="${name}"]`);
    const no = page.locator(`main input[name="${name}"][value="no"]`);
    await ((await no.count()) > 0 ? no : group).first().check();
  }
  for (const text of await page.locator("main textarea, main input[type=text]").all()) await text.fill("What is known of it.");
}

// The receiver asks; who reported it begins where the question is told of, and answers it without JavaScript. It waits for nobody then.
async function askAndAnswer(page, browser) {
  const asked = `Which game was it? ${Date.now()}`;
  await followTo(page, page.locator("main a[href$='/act/ask']"));
  await checkPage(page, "journey-act-ask");
  await type(page, "Your question", asked);
  await follow(page, "button", "Ask");
  const reporter = await openPage(browser, { baseURL, javaScript: false });
  await signIn(reporter, people.reporter);
  await reporter.goto("/file");
  await checkPage(reporter, "journey-file-asked");
  await follow(reporter, "link", "See what waits for you");
  await checkPage(reporter, "journey-reporter-queue");
  await followTo(reporter, reporter.locator(".wb-card__action"));
  must((await reporter.locator("main").textContent()).includes(asked), "who reported it reads the question");
  await checkPage(reporter, "journey-question");
  await type(reporter, "Your answer", "The one with the castles.");
  await follow(reporter, "button", "Send the answer");
  await reporter.goto("/file");
  must((await reporter.getByRole("link", { name: "See what waits for you" }).count()) === 0, "what was answered waits no more");
  await reporter.context().close();
  await page.reload();
  must((await page.locator("main").textContent()).includes("The one with the castles."), "the answer stands in the case");
}

async function receiveAndClose(page, before, story, browser) {
  const now = await queueRows(page);
  const fresh = [...now.keys()].filter((href) => !before.has(href));
  must(fresh.length === 1, `${fresh.length} new rows on the receiver's queue, where one report was filed`);
  await page.goto(now.get(fresh[0]));
  await checkPage(page, "journey-queue");
  await followTo(page, page.locator(`.wb-card__action[href="${fresh[0]}"]`));
  await checkPage(page, "journey-report-filed");
  must((await page.locator("main").textContent()).includes(story), "the receiver reads the story");

  await follow(page, "button", "Receive this report");
  await checkPage(page, "journey-report-received");
  await tick(page, "Safeguarding concern");
  await type(page, "Why do you assess it so?", "A child was asked for a photo by a stranger.");
  await type(page, "Action to be taken", "Speak to the family.");
  await tick(page, "Parents");
  await type(page, "How, and by whom? (optional)", "By telephone");
  await type(page, SIGN, "Signed With The Keyboard");
  await follow(page, "button", "Record the assessment");
  if (!new URL(page.url()).pathname.startsWith("/cases/")) {
    await checkPage(page, "journey-report-assessed");
    await follow(page, "link", "Open the case");
  }
  await checkPage(page, "journey-case-opened");
  const note = `Spoke to the family ${Date.now()}`;
  await type(page, "Note", note);
  await follow(page, "button", "Add note");
  await checkPage(page, "journey-case-noted");
  must((await page.locator(".wb-timeline").textContent()).includes(note), "the note stands in the timeline");

  await askAndAnswer(page, browser);
  await dealWith(page);
  await tabTo(page, page.locator("summary", { hasText: "Close this case" }));
  await page.keyboard.press("Enter");
  await choose(page, "Action taken, nothing more to do");
  await type(page, "Why is this the outcome?", "The account is blocked and the family told.");
  await follow(page, "button", "Close the case");
  await checkPage(page, "journey-case-closed");
  must((await page.locator("main .govuk-tag").first().textContent()).trim() === "Closed", "the case is closed");
  const left = await queueRows(page);
  must(!left.has(fresh[0]), "what was done is no longer owed");
}

await withBrowser(async (browser) => {
  const receiver = await openPage(browser, { baseURL });
  await signIn(receiver, people.receiver);
  const before = await queueRows(receiver);

  const story = `A pupil showed me a chat with a stranger. Journey ${Date.now()}`;
  const reporter = await openPage(browser, { baseURL });
  await signIn(reporter, people.reporter);
  const number = await fileReport(reporter, "journey-file", answers(story));
  must(number?.trim(), "a receipt has a number");
  await signOut(reporter);

  await receiveAndClose(receiver, before, story, browser);
  await signOut(receiver);

  const plain = await openPage(browser, { baseURL, javaScript: false });
  await signIn(plain, people.reporter);
  const second = await fileReport(plain, "journey-plain", answers(`${story}, without JavaScript`));
  must(second?.trim() && second !== number, "another report has a receipt of its own");
  console.log(`filed ${number.trim()} and, without JavaScript, ${second.trim()}; the first was received, assessed, noted and closed`);
});
