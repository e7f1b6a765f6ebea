// A person who has never filed a report does so on a phone: the lost laptop, the mis-sent e-mail without JavaScript; pages and touches are
// counted. Then danger first, with a report of their own to the police; a draft continued on another device; a paper report typed in.
//
//   WARDBOOK_PEOPLE='{"reporter":{"email":"..","password":".."},"receiver":{"email":"..","password":".."}}' node first_time.mjs BASE_URL
//
// The receiver must be the DSL of the reporter's one school.

import { SIGN, step } from "./filing.mjs";
import { answerLook, checkPage, must, openPage, secondStep, withBrowser } from "./lib.mjs";

const PAGES_MAX = 12;
const TOUCHES_MAX = 40;
const PHONE = { width: 390, height: 844 };

const baseURL = process.argv[2]?.replace(/\/$/, "");
const people = JSON.parse(process.env.WARDBOOK_PEOPLE ?? "null");
must(baseURL && people?.reporter && people?.receiver, "usage: WARDBOOK_PEOPLE=JSON node first_time.mjs BASE_URL");

/** A thumb: every touch and every field that is filled in counts one. */
class Thumb {
  constructor(page) {
    this.page = page;
    this.touches = 0;
    this.pages = [];
  }

  async touch(target) {
    this.touches += 1;
    await target.first().click();
  }

  async write(label, text) {
    this.touches += 1;
    await this.page.getByLabel(label, { exact: true }).first().fill(text);
  }

  choose(label) {
    return this.touch(this.page.getByRole("radio", { name: label, exact: true }));
  }

  tick(label) {
    return this.touch(this.page.getByRole("checkbox", { name: label, exact: true }));
  }

  /** Touches what leads to another page. */
  async go(role, name) {
    await Promise.all([this.page.waitForEvent("load"), this.touch(this.page.getByRole(role, { name }))]);
    await this.page.waitForLoadState("networkidle");
    this.pages.push(step(this.page));
  }
}

async function signIn(browser, person, options = {}) {
  const page = await openPage(browser, { baseURL, viewport: PHONE, ...options });
  await page.goto("/sign-in");
  await page.getByLabel("Email address").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "Sign in" }).click()]);
  await secondStep(page, person);
  return page;
}

/** From any page to the first question by the menu, as a person finds it. */
async function begin(thumb) {
  await thumb.page.goto("/what-we-keep");
  const menu = thumb.page.getByRole("button", { name: "Menu" });
  if (await menu.isVisible()) await thumb.touch(menu);
  await thumb.go("link", "File a report");
  if (thumb.pages.at(-1) === "file") await thumb.go("button", "Start a new report");
}

/** Continue, which must lead on. */
async function next(thumb) {
  const at = thumb.pages.at(-1);
  await thumb.go("button", "Continue");
  must(thumb.pages.at(-1) !== at, `the answer to ${at} was not taken: ${await thumb.page.locator(".govuk-error-summary").allTextContents()}`);
}

/** What somebody does who knows the story and nothing of the form. */
const answers = (story, kinds) => ({
  danger: (thumb) => thumb.choose("No"),
  about: (thumb) => thumb.choose("Nobody in particular"),
  kind: async (thumb) => {
    for (const kind of kinds) {
      const own = thumb.page.getByRole("checkbox", { name: kind, exact: true });
      if ((await own.count()) > 0) return thumb.tick(kind);
    }
    throw new Error(`none of ${kinds} is on the list`);
  },
  advice: async (thumb) => {
    must((await thumb.page.locator("main").textContent()).includes("It goes to "), "the way of the report is said before it is written");
  },
  when: (thumb) => thumb.choose("It has just happened"),
  what: async (thumb) => {
    await thumb.write("What happened?", story);
    await thumb.write("Where did it happen? (optional)", "On the train to the sports day");
  },
  pupils: (thumb) => thumb.choose("No"),
  staff: (thumb) => thumb.choose("No"),
  told: (thumb) => thumb.choose("No"),
  data: async (thumb) => {
    await thumb.tick("Pupils’ personal data");
    await thumb.write("How many people are affected? (optional)", "30");
    await thumb.choose("No");
  },
});

/** Answers question after question up to `until`. */
async function answerTo(thumb, how, until, name) {
  for (let pages = 0; pages < 16 && thumb.pages.at(-1) !== until; pages += 1) {
    const at = thumb.pages.at(-1);
    must(how[at], `an unknown question: ${thumb.page.url()}`);
    if (name) await checkPage(thumb.page, `${name}-${at}`);
    await how[at](thumb);
    await next(thumb);
  }
  must(thumb.pages.at(-1) === until, `the questions end at ${thumb.page.url()}`);
}

/** Signs and sends; the path of the report. */
async function send(thumb, name) {
  if (name) await checkPage(thumb.page, `${name}-check`);
  await thumb.write(SIGN, "First Time User");
  await thumb.go("button", "Send report");
  const at = new URL(thumb.page.url()).pathname;
  must(at.startsWith("/receipts/"), `no receipt: ${thumb.page.url()} ${await thumb.page.locator(".govuk-error-summary").allTextContents()}`);
  const groups = await thumb.page.locator(".wb-digest span").allTextContents();
  must(groups.length === 8 && groups.every((group) => /^[0-9a-f]{8}$/.test(group)), "the receipt holds the digest of what was signed");
  if (name) await checkPage(thumb.page, `${name}-receipt`);
  return at.replace("receipts", "reports");
}

async function fileOnce(page, what, kinds, story, name) {
  const thumb = new Thumb(page);
  await begin(thumb);
  await answerTo(thumb, answers(story, kinds), "check", name);
  await send(thumb, name);
  console.log(`${what}: ${thumb.pages.length} pages, ${thumb.touches} touches`);
  must(thumb.pages.length <= PAGES_MAX, `${what}: ${thumb.pages.length} pages: ${thumb.pages}`);
  must(thumb.touches <= TOUCHES_MAX, `${what}: ${thumb.touches} touches`);
}

async function dangerFirst(page, receiver) {
  const thumb = new Thumb(page);
  const reference = `CAD ${Date.now()}`;
  await begin(thumb);
  must(thumb.pages.at(-1) === "danger", "danger is the first question");
  await thumb.choose("Yes");
  await next(thumb);
  must(thumb.pages.at(-1) === "emergency", "what to do first stands before anything else");
  const said = await page.locator("main").textContent();
  must(said.includes("call 999 now") && said.includes("not a report to the police or to children’s social care"), "and says what recording is not");
  const hidden = page.getByLabel("Reference (optional)").first();
  must(!(await hidden.isVisible()), "nobody is asked for a reference before they say that they reported it");
  await thumb.tick("The police");
  await thumb.write("Reference (optional)", reference);
  await thumb.choose("I am not sure");
  must(await page.getByText("Do not look at it, copy it").isVisible(), "not being sure shows at once what to do about an image");
  await checkPage(page, "first-time-emergency");
  await next(thumb);
  await answerTo(thumb, answers("She told me after school.", ["An online safety concern"]), "check");
  must(!thumb.pages.includes("data"), "nothing is asked about data where a child is in danger");
  await checkPage(page, "first-time-danger-check");
  const report = await send(thumb, "first-time-danger");
  await receiver.goto(report);
  await answerLook(receiver);
  const read = await receiver.locator("main").textContent();
  must(read.includes(reference), "what the reporter reported themself is on the report");
  must(read.includes("There is, or could be, an image"), "and the DSL is told about the image");
  await checkPage(receiver, "first-time-danger-report");
}

async function onAnotherDevice(browser, page) {
  const thumb = new Thumb(page);
  const how = answers("The tablet was on the bus.", ["Equipment is lost"]);
  await begin(thumb);
  await answerTo(thumb, how, "pupils");
  const other = new Thumb(await signIn(browser, people.reporter, { viewport: { width: 1280, height: 900 } }));
  await other.page.goto("/file");
  must(!(await other.page.content()).includes("on the bus"), "the list of drafts tells nothing of the story");
  await checkPage(other.page, "first-time-drafts");
  await other.go("button", "Continue");
  must(other.pages.at(-1) === "pupils", `the first question without an answer: ${other.page.url()}`);
  await answerTo(other, how, "check");
  must((await other.page.locator("main").textContent()).includes("on the bus"), "what was written on the phone is there");
  await send(other);
}

async function fromPaper(page) {
  const thumb = new Thumb(page);
  await begin(thumb);
  await thumb.go("link", "I am typing this in for somebody else");
  await checkPage(page, "first-time-behalf");
  await thumb.choose("On paper");
  await thumb.write("Name of the person whose report it is", "Petra Lane");
  await thumb.write("Their role (optional)", "parent");
  for (const [label, value] of [["Day", "2"], ["Month", "3"], ["Year", "2026"]]) await thumb.write(label, value);
  await next(thumb);
  const how = answers("A parent wrote that a link in a letter led to a stranger's page.", ["Something else"]);
  const kind = async (hand) => {
    await hand.tick("Something else");
    await hand.write("What is it?", "A wrong link in a letter");
  };
  await answerTo(thumb, { ...how, kind, when: (hand) => hand.choose("I do not know when it happened") }, "check");
  const said = await page.locator("main").textContent();
  must(said.includes("Petra Lane") && said.includes("I have typed in what I was given"), "the typist signs for what was given");
  await send(thumb, "first-time-behalf");
}

await withBrowser(async (browser) => {
  const phone = await signIn(browser, people.reporter);
  await fileOnce(phone, "The lost laptop", ["Equipment is lost"], "I left my school laptop on the train.", "first-time");
  const plain = await signIn(browser, people.reporter, { javaScript: false });
  const kinds = ["E-mail sent to the wrong person", "Data is lost, or went to the wrong person"];
  await fileOnce(plain, "The mis-sent e-mail, without JavaScript", kinds, "I sent the class list to a parent.", null);
  const receiver = await signIn(browser, people.receiver);
  await dangerFirst(phone, receiver);
  await onAnotherDevice(browser, phone);
  await fromPaper(phone);
  const complaints = [phone, plain, receiver].flatMap((page) => page.complaints);
  must(complaints.length === 0, complaints.join("\n"));
});
