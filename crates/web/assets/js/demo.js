// A window of the demonstration: asks every two seconds whether its rows are still the same, and shows them anew when they are not.

const EVERY_MS = 2000;
const rows = document.getElementById("rows");

async function look() {
  try {
    const answer = await fetch(rows.dataset.refresh, { headers: { "If-None-Match": rows.dataset.tag }, cache: "no-store" });
    if (answer.status === 200) {
      rows.innerHTML = await answer.text();
      rows.dataset.tag = answer.headers.get("ETag");
      document.dispatchEvent(new Event("wardbook:shown"));
    }
  } catch {
    // The server is away for a moment: what is shown stays, and the next look finds it again.
  }
  setTimeout(look, EVERY_MS);
}

if (rows) {
  setTimeout(look, EVERY_MS);
}
