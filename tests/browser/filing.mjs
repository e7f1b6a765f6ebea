// How people sign in and file a report, with a keyboard and no mouse; every page they see is checked.

import { checkPage, choose, follow, must, pick, secondStep, tick, type } from "./lib.mjs";

/** Signs in with e-mail and password, and a code where a duty needs one. */
export async function signIn(page, person) {
  await page.goto("/sign-in");
  await checkPage(page, "journey-sign-in");
  await type(page, "Email address", person.email);
  await type(page, "Password", person.password);
  await follow(page, "button", "Sign in");
  await secondStep(page, person);
  must(!new URL(page.url()).pathname.startsWith("/sign-in"), `${person.email} cannot sign in`);
}

/** Signs out. */
export async function signOut(page) {
  await follow(page, "button", "Sign out");
  must(new URL(page.url()).pathname === "/sign-in", "signing out leads to the sign-in page");
}

/** The step of the form on which a page stands. */
export const step = (page) => new URL(page.url()).pathname.split("/").pop();

/** The time that the pages go by: a demonstration has one of its own, and says so. */
export async function timeThere(page) {
  const strip = page.locator(".wb-demo time").first();
  return (await strip.count()) > 0 ? new Date(await strip.getAttribute("datetime")) : new Date();
}

/** Files a report from its beginning. Returns the receipt number. */
export async function fileReport(page, name, answers) {
  await follow(page, "link", "File a report");
  return answerAll(page, name, answers);
}

/** Answers one question after another; `answers` maps a step to what is done there. Returns the receipt number. */
export async function answerAll(page, name, answers) {
  const seen = [];
  if (step(page) === "file") {
    // Drafts of before are offered first.
    await follow(page, "button", "Start a new report");
  }
  for (let questions = 0; questions < 14 && step(page) !== "check"; questions += 1) {
    const at = step(page);
    must(answers[at], `an unknown question: ${page.url()}`);
    await checkPage(page, `${name}-${at}`);
    await answers[at](page);
    await follow(page, "button", "Continue");
    must(step(page) !== at, `the answer to ${at} was not taken: ${await page.locator(".govuk-error-summary").allTextContents()}`);
    seen.push(at);
  }
  must(seen.indexOf("about") < seen.indexOf("what"), "whom it is about is asked before the story");
  must(seen.indexOf("danger") < seen.indexOf("about"), "danger is asked before whom it is about");
  await checkPage(page, `${name}-check`);
  await type(page, SIGN, "Signed With The Keyboard");
  await follow(page, "button", "Send report");
  must(new URL(page.url()).pathname.startsWith("/receipts/"), `no receipt: ${page.url()}`);
  await checkPage(page, `${name}-receipt`);
  return page.locator(".govuk-panel__body strong").textContent();
}

/** The field of a typed declaration, of a report and of an assessment. */
export const SIGN = "Type your full name to sign";

/** Answers "No" about an image, where that is asked. */
async function noImage(page) {
  if ((await page.getByRole("radio", { name: "No", exact: true }).count()) > 0) await choose(page, "No");
}

/** An online safety concern without data. */
export const answers = (story) => ({
  // The first school that is offered: Space on the group's first button.
  school: async (page) => choose(page, (await page.locator(".govuk-radios__label").first().textContent()).trim()),
  danger: (page) => choose(page, "I am not sure"),
  emergency: noImage,
  about: (page) => choose(page, "Nobody in particular"),
  kind: (page) => tick(page, "An online safety concern"),
  advice: noImage,
  when: async (page) => {
    await choose(page, "It happened earlier");
    const yesterday = new Date((await timeThere(page)).getTime() - 86_400_000);
    await type(page, "Day", String(yesterday.getDate()));
    await type(page, "Month", String(yesterday.getMonth() + 1));
    await type(page, "Year", String(yesterday.getFullYear()));
    await type(page, "Hour", "9");
    await type(page, "Minute", "05");
  },
  what: async (page) => {
    await type(page, "What happened?", story);
    await type(page, "Where did it happen? (optional)", "Library");
  },
  pupils: async (page) => {
    await choose(page, "Yes");
    await type(page, "Names and year groups", "Sam Okafor, Year 5");
  },
  staff: async (page) => {
    await choose(page, "Yes");
    await type(page, "Name", "Robin Quayle");
    await pick(page, "Their part in it", "They saw or heard it");
  },
  told: async (page) => {
    await choose(page, "Yes");
    await type(page, "Whom did you tell?", "The librarian");
    await type(page, "What did you do straight away? (optional)", "Took the tablet away");
  },
  data: async (page) => {
    await tick(page, "No data is involved");
    await choose(page, "Not applicable");
  },
});
