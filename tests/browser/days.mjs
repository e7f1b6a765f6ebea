// A day of each duty in the demo, page by page, with a picture of each: docs/tour.md and docs/tour/. Every page is checked (axe, widths).
//
//   node days.mjs BASE_URL        (of a demo: its `listening`; nobody has changed anything in it yet)
//
// Without WARDBOOK_WRITE_TOUR the page in docs must say what this says, and each picture be there; with it both are made anew.
// To add a day, or a page of one: a line of DAYS.

import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { answerLook, checkPage, followTo, must, openPage, withBrowser } from "./lib.mjs";

const DOCS = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../docs");
const WRITE = Boolean(process.env.WARDBOOK_WRITE_TOUR);

/** Who, their duty, and what they do: path, what it is for. A path that begins with a dot is a link of the page before, by its selector. */
const DAYS = [
  ["Hana Kemp", "A teaching assistant", [
    ["/file", "files a report: a question a page, saved as she goes, and a receipt to keep"],
  ]],
  ["George Xu", "A designated safeguarding lead", [
    ["/queue", "begins with what is owed, by when, why, and one next action a row"],
    ["/alerts", "decides which monitoring alerts are a concern, and dismisses the rest with one reason"],
    ["/cases", "finds the cases in hand"],
  ]],
  ["Oona Clarke", "A deputy designated safeguarding lead", [
    ["/queue", "has nothing waiting while her DSL is there, and all of his when he is away"],
    ["/access", "opens a queue by break-glass where nobody can be reached: loudly, for a few hours, and reviewed"],
  ]],
  ["Lena Marsh", "An online safety lead", [
    ["/queue", "comes in where nobody else is there for filtering and monitoring"],
    ["/file", "files what staff tell her"],
  ]],
  ["Uma Jones", "A headteacher", [
    ["/today", "sees what only she can do, what is late and whose, what changed since she last looked, and who covers her"],
    [".wb-today a[href='/cases'], a[href='/cases']", "opens her cases"],
    ["/overview", "compares what is open and late, by type and month"],
  ]],
  ["Bea Ashworth-Fletcher", "A deputy headteacher", [
    ["/queue", "comes in where the headteacher is away, or may not know"],
    ["/reads", "finds her own looks and sign-ins"],
  ]],
  ["Maya Ellison", "An investigator, named on a case", [
    ["/cases", "has the one case that names her, and nothing else"],
  ]],
  ["Priya Anand", "A data protection officer", [
    ["/breaches", "watches the clocks, the most urgent first"],
    ["/queue", "does what the law wants next"],
    ["/board", "publishes a term's figures, small numbers hidden"],
    ["/before-you-go", "sees on Friday what falls due before Monday at eight: to do it, hand it over or have it covered"],
  ]],
  ["Callum Reid", "An IT lead", [
    ["/queue", "gets the first facts of losses and failures, and no story"],
    ["/assets", "looks up a device by its tag: encryption, holder, loan"],
  ]],
  ["Gwen Talbot", "Human resources", [
    ["/queue", "has the disciplinary matter, with what the headteacher chose to pass on, and nothing else"],
  ]],
  ["Ruth Abara", "A trust safeguarding lead", [
    ["/cases", "reads the safeguarding cases of every school"],
    ["/search", "searches what she may read; what she types is in no address"],
  ]],
  ["Martin Yeo", "A trust lead", [
    ["/overview", "compares schools by rate, by days to first action, and by silence"],
    ["/people/changes", "is told of every duty and code that was given, and by whom"],
    ["/access", "starts cover for somebody who is not there"],
  ]],
  ["Ines Marlow", "A chair of governors", [
    ["/board", "reads the published figures: numbers, no names"],
  ]],
  ["Noor Castle", "A chair of trustees", [
    ["/board", "reads the published figures, and stands in last of all"],
  ]],
  ["Sam Okoro", "A filtering and monitoring trustee", [
    ["/board", "reads what was published on filtering and monitoring"],
  ]],
  ["Tilda Brook", "A governor", [
    ["/board", "reads the same numbers: no names, and small counts hidden"],
  ]],
  ["Imogen Frayne", "An administrator", [
    ["/people", "asks for accounts and duties, which a second person agrees to"],
    ["/notices", "sends a message again that did not arrive, without learning what it was about"],
  ]],
  ["Owen Pike", "An auditor", [
    ["/reads", "sees that records were looked at, and not whose"],
  ]],
];

const baseURL = process.argv[2]?.replace(/\/$/, "");
must(baseURL, "usage: node days.mjs BASE_URL");

const at = (page) => new URL(page.url()).pathname;
const slug = (text) => text.toLowerCase().replaceAll(/^an? /g, "").replaceAll(/[^a-z]+/g, "-");

/** Becomes somebody of the demo. */
async function be(page, name) {
  await page.goto("/demo");
  await followTo(page, page.getByRole("button", { name: `Be ${name}`, exact: true }));
}

async function go(page, where) {
  if (where.startsWith("/")) {
    await page.goto(where);
    await page.waitForLoadState("networkidle");
    await answerLook(page);
  } else {
    await followTo(page, page.locator(where).first());
  }
  must((await page.getByRole("heading", { level: 1 }).count()) === 1, `${where} has one heading`);
}

async function day(browser, [name, duty, steps]) {
  const page = await openPage(browser, { baseURL });
  await be(page, name);
  const lines = [`## ${duty}`, ""];
  for (const [number, [where, what]] of steps.entries()) {
    await go(page, where);
    if (where.startsWith("/")) must(at(page).startsWith(where), `${name} is led to ${page.url()} and not to ${where}`);
    const file = `${slug(duty)}-${number + 1}.png`;
    await checkPage(page, `day-${slug(duty)}-${number + 1}`);
    if (WRITE) await page.screenshot({ path: path.join(DOCS, "tour", file) });
    else await stat(path.join(DOCS, "tour", file));
    lines.push(`${number === 0 ? name : "Then"} ${number === 0 ? what : `${name.split(" ")[0]} ${what}`}.`, "", `![${duty}: ${what.split(/[:,;]/)[0]}](tour/${file})`, "");
  }
  await page.context().close();
  return lines;
}

await withBrowser(async (browser) => {
  await mkdir(path.join(DOCS, "tour"), { recursive: true });
  const lines = [
    "# A day of each duty",
    "",
    "Made by the browser test (`tests/browser/days.mjs`) in the demo, which everybody can start with `make demo`; the people and the matters are invented.",
    "",
  ];
  for (const one of DAYS) lines.push(...(await day(browser, one)));
  const made = `${lines.join("\n").trimEnd()}\n`;
  const file = path.join(DOCS, "tour.md");
  if (WRITE) await writeFile(file, made);
  must((await readFile(file, "utf8")) === made, "docs/tour.md is not what the days are: run with WARDBOOK_WRITE_TOUR=1, and look at the pictures");
  console.log(`days: ${DAYS.length} duties, ${DAYS.reduce((sum, [, , steps]) => sum + steps.length, 0)} pages`);
});
