// Runs before the page is painted: says that scripts run, so that GOV.UK Frontend's styles for them apply. A file of its own, for the
// content security policy allows no inline script.
document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
}
