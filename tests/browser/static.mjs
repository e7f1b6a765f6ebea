// Every sample page in a real browser, without a server of Wardbook: axe, every width, the cover, the strict policy.
//
//   WARDBOOK_SAMPLE_PAGES=DIR cargo test -p wardbook-web --lib samples_are_written
//   node static.mjs DIR            (some minutes)
//   node static.mjs DIR scripts    what the pages' scripts do, and no more: the other checks meet the pages themselves in a demo

import { createServer } from "node:http";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { axe, checkPage, must, openPage, shot, withBrowser, WIDTHS } from "./lib.mjs";

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const TYPES = { ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".html": "text/html; charset=utf-8" };
const here = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(here, "../../crates/web/assets/dist");

/** The real server's, which lets a page of the demonstration hold frames and a window be held. */
function policy(page) {
  if (page === "demo-window") return POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'");
  return page === "demo-side-by-side" ? `${POLICY}; frame-src 'self'` : POLICY;
}

/** Serves `/NAME` from the samples and `/assets/NAME.HASH.EXT` from the built assets, under the policy of the real server. */
function serve(folder) {
  const server = createServer(async (request, response) => {
    const name = path.basename(new URL(request.url, "http://localhost").pathname);
    const asset = request.url.startsWith("/assets/");
    // The windows that a page of the demonstration holds in frames.
    const page = /^\/demo\/window\/\d+$/.test(request.url) ? "demo-window" : name;
    const file = asset ? path.join(dist, name.replace(/\.[0-9a-f]{16}\./, ".")) : path.join(folder, `${page}.html`);
    try {
      const body = await readFile(file);
      response.writeHead(200, { "content-type": TYPES[path.extname(file)], "content-security-policy": policy(page) });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

/** Waits until a screen reader is told this: it is said a moment after the page has changed. */
async function told(page, words) {
  await page.waitForFunction((words) => document.getElementById("cover-told")?.textContent === words, words);
}

/** Errors take the focus, a ticked "other" shows its field, Esc covers, Esc and the link uncover, with and without JavaScript. */
async function behaviours(browser, baseURL) {
  const page = await openPage(browser, { baseURL });
  await page.goto("/file-what-error");
  await page.waitForFunction(() => document.activeElement?.classList.contains("govuk-error-summary"));
  await page.goto("/file-kind");
  const other = page.getByLabel("What is it?");
  must(!(await other.isVisible()), "the field for 'other' shows before it is ticked");
  await page.getByLabel("Something else").check();
  await other.waitFor();

  await page.goto("/file-staff");
  const add = page.getByRole("button", { name: "Add another person" });
  must(await add.isVisible(), "another person can be added where staff are involved");
  await page.getByRole("radio", { name: "No", exact: true }).check();
  must(!(await add.isVisible()), "nobody is added where no staff are involved");

  await page.goto("/case");
  const heading = page.getByRole("heading", { level: 1 });
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.title === "Wardbook");
  must(!(await heading.isVisible()), "Esc must cover the screen");
  must(/^\d\d:\d\d$/.test(await page.locator(".wb-cover__clock").textContent()), "the cover shows a clock and no more");
  await told(page, "The screen is covered");
  await shot(page, "covered");
  await axe(page, "covered");
  await page.keyboard.press("Enter");
  await heading.waitFor();
  // The title comes back with the page, when the browser has told of the new address.
  await page.waitForFunction(() => document.title.startsWith("Case "));
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.title === "Wardbook");
  await page.keyboard.press("Escape");
  await heading.waitFor();
  await told(page, "The page is shown again");
  await page.clock.install();
  await page.goto("/case");
  await page.clock.fastForward(299_000);
  must(await heading.isVisible(), "a page covers itself after five minutes and not before");
  await page.keyboard.press("Shift");
  await page.clock.fastForward(299_000);
  must(await heading.isVisible(), "a key is use");
  await page.clock.fastForward(2_000);
  await page.waitForFunction(() => document.title === "Wardbook");
  must(!(await heading.isVisible()), "an idle page covers itself");
  await page.keyboard.press("Escape");
  await heading.waitFor();
  await page.clock.resume();

  await page.emulateMedia({ media: "print" });
  await page.goto("/case");
  must(!(await heading.isVisible()), "a page with sealed text does not print");
  must(await page.getByText("This page does not print").isVisible(), "and says why");
  await page.goto("/receipt");
  must(await heading.isVisible() && !(await page.getByText("This page does not print").isVisible()), "a receipt is there to be printed");
  await page.emulateMedia({ media: null });

  await page.goto("/queue");
  const said = await page.locator("time[data-due]").allTextContents();
  const sent = await page.evaluate(async () => {
    const html = new DOMParser().parseFromString(await (await fetch("/queue")).text(), "text/html");
    return [...html.querySelectorAll("time[data-due]")].map((element) => element.textContent);
  });
  must(sent.includes("3 hours ago") && said.join() === sent.join(), `the server's words stand first: ${said.join()} instead of ${sent.join()}`);
  must(page.complaints.length === 0, page.complaints.join("\n"));
  await page.context().close();

  const plain = await openPage(browser, { baseURL, javaScript: false, viewport: WIDTHS[0] });
  await plain.goto("/file-kind");
  const plainOther = plain.getByLabel("What is it?");
  must(!(await plainOther.isVisible()), "without JavaScript what an option asks for waits for it");
  await plain.getByLabel("Something else").check();
  must(await plainOther.isVisible(), "without JavaScript what an option asks for shows when it is ticked");
  await plain.goto("/file-advice");
  const steps = plain.getByText("Do not look at it, copy it");
  must(await steps.isVisible(), "not being sure shows what to do about an image");
  await plain.getByRole("radio", { name: "No", exact: true }).check();
  must(!(await steps.isVisible()), "where there is no image nothing is said about one");
  await plain.goto("/file-kind");
  await shot(plain, "file-kind-without-javascript");
  await plain.getByRole("link", { name: "Cover the screen" }).click();
  await plain.getByRole("link", { name: "Show the page again" }).waitFor();
  must(!(await plain.getByRole("heading", { level: 1 }).isVisible()), "the link covers the screen without JavaScript");
  await plain.getByRole("link", { name: "Show the page again" }).click();
  await plain.getByRole("heading", { level: 1 }).waitFor();
  await plain.context().close();
}

const folder = process.argv[2];
must(folder, "usage: node static.mjs DIR");
const server = await serve(folder);
const baseURL = `http://127.0.0.1:${server.address().port}`;
try {
  await withBrowser(async (browser) => {
    const names = (await readdir(folder)).filter((name) => name.endsWith(".html")).map((name) => path.basename(name, ".html"));
    must(names.length > 20, `only ${names.length} sample pages in ${folder}`);
    const page = await openPage(browser, { baseURL });
    const failures = [];
    for (const name of process.argv[3] === "scripts" ? [] : names) {
      await page.goto(`/${name}`);
      await checkPage(page, name).catch((error) => failures.push(error.message));
      page.complaints.length = 0;
    }
    must(failures.length === 0, failures.join("\n\n"));
    await behaviours(browser, baseURL);
    console.log(process.argv[3] === "scripts" ? "the scripts do what they are to" : `${names.length} sample pages at ${WIDTHS.map(({ width }) => width).join(" and ")}: nothing found`);
  });
} finally {
  server.close();
}
