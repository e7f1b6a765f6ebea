//! The macros of `components.html` against GOV.UK Frontend's own fixtures: the same options must give the same tree of elements,
//! attributes and words. To add a component: a template struct of one macro call, its options from the fixture, its fixtures' names.

use std::fmt::Write as _;

use askama::Template;
use scraper::node::Node;
use scraper::{ElementRef, Html, Selector};
use serde_json::Value;

use super::forms::{Choice, FormErrors};

/// A fixture's options and the HTML that the frontend makes of them.
struct Fixture {
    options: Value,
    html: String,
}

fn fixture(component: &str, name: &str) -> Fixture {
    let one_name = matches!(component, "textarea" | "password-input");
    let path = format!("{}/assets/node_modules/govuk-frontend/dist/govuk/components/{component}/fixtures.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}; run make assets"));
    let all: Value = serde_json::from_str(&text).unwrap();
    let found = all["fixtures"]
        .as_array()
        .unwrap()
        .iter()
        .find(|fixture| fixture["name"] == name)
        .unwrap_or_else(|| panic!("{component} has no fixture {name:?}"));
    let options = found["options"].clone();
    let mut html = found["html"].as_str().unwrap().to_owned();
    // Where a macro gives name and id one value, so must the fixture.
    if let (true, Some(id), Some(name)) = (one_name, options["id"].as_str(), options["name"].as_str()) {
        html = html.replace(&format!("name=\"{name}\""), &format!("name=\"{id}\""));
    }
    // Where an item has an id of its own, ours is numbered.
    for (index, item) in options["items"].as_array().into_iter().flatten().enumerate() {
        if let (Some(id), Some(prefix)) = (item["id"].as_str(), options["name"].as_str()) {
            let ours = if index == 0 { prefix.to_owned() } else { format!("{prefix}-{}", index + 1) };
            for attribute in ["id", "for", "aria-describedby"] {
                html = html.replace(&format!("{attribute}=\"{id}"), &format!("{attribute}=\"{ours}"));
            }
        }
    }
    if component == "radios" {
        // Ours show and hide by style alone (see the macro).
        html = html.replace("govuk-radios__conditional--hidden", "").replace("data-aria-controls", "data-gone");
    }
    Fixture { options, html }
}

/// The tree without white space: one line an element with its attributes in order of name (classes in order too), one line a text.
fn tree(html: &str) -> String {
    let html = Html::parse_fragment(html);
    let mut out = String::new();
    walk(html.root_element(), 0, &mut out);
    out
}

fn walk(element: ElementRef<'_>, depth: usize, out: &mut String) {
    for child in element.children() {
        match child.value() {
            Node::Text(text) => {
                let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
                if !words.is_empty() {
                    writeln!(out, "{:depth$}\"{words}\"", "").unwrap();
                }
            }
            Node::Element(_) => {
                let child = ElementRef::wrap(child).unwrap();
                let mut attributes: Vec<String> = child.value().attrs().map(attribute).filter(|text| !text.is_empty()).collect();
                attributes.sort();
                writeln!(out, "{:depth$}{} {}", "", child.value().name(), attributes.join(" ")).unwrap();
                walk(child, depth + 2, out);
            }
            _ => {}
        }
    }
}

fn attribute((name, value): (&str, &str)) -> String {
    if name == "data-gone" {
        return String::new();
    }
    if name != "class" {
        return format!("{name}={value:?}");
    }
    let mut classes: Vec<&str> = value.split_whitespace().collect();
    classes.sort_unstable();
    format!("class={:?}", classes.join(" "))
}

/// Checks one template against named fixtures of a component.
fn same<T: Template>(component: &str, names: &[&str], make: impl Fn(&Value) -> T) {
    for name in names {
        let fixture = fixture(component, name);
        let ours = make(&fixture.options).render().unwrap();
        let (ours, theirs) = (tree(&ours), tree(&fixture.html));
        assert!(ours == theirs, "{component}, {name}\n--- ours\n{ours}\n--- theirs\n{theirs}");
    }
}

fn text(options: &Value, pointer: &str) -> String {
    options.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The first of the pointers that says something.
fn first(options: &Value, pointers: &[&str]) -> String {
    pointers.iter().map(|pointer| text(options, pointer)).find(|found| !found.is_empty()).unwrap_or_default()
}

fn classes(options: &Value) -> String {
    let classes = text(options, "/classes");
    if classes.is_empty() { classes } else { format!(" {classes}") }
}

fn errors(options: &Value, id: &str) -> FormErrors {
    let mut errors = FormErrors::default();
    let message = text(options, "/errorMessage/text");
    if !message.is_empty() {
        errors.add(id, message);
    }
    errors
}

fn leak(text: String) -> &'static str {
    text.leak()
}

fn choices(options: &Value) -> Vec<Choice> {
    let items = options["items"].as_array().unwrap();
    // A divider is an item of its own there and a mark on the option after it here.
    items
        .iter()
        .filter(|item| item["divider"].is_null())
        .map(|item| Choice {
            hint: leak(text(item, "/hint/text")),
            reveals: item.pointer("/conditional/html").is_some(),
            exclusive: item["behaviour"] == "exclusive",
            ..Choice::owned(text(item, "/value"), text(item, "/text"))
        })
        .collect()
}

fn chosen(options: &Value) -> Vec<String> {
    let checked = options["items"].as_array().unwrap().iter().filter(|item| item["checked"] == true);
    let mut chosen: Vec<String> = checked.map(|item| text(item, "/value")).collect();
    chosen.extend(options["value"].as_str().map(str::to_owned));
    chosen.extend(options["values"].as_array().into_iter().flatten().map(|value| value.as_str().unwrap().to_owned()));
    chosen
}

fn conditionals(options: &Value) -> Vec<(String, String)> {
    let items = options["items"].as_array().unwrap();
    items.iter().map(|item| (text(item, "/value"), text(item, "/conditional/html"))).collect()
}

// ---- One template a macro -----------------------------------------------------------------------------------------------------

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% import "components.html" as ui %}{{ ui::input(id, label, value, errors, name = name, hint = hint, heading = heading, kind = kind, classes = classes, autocomplete = autocomplete, inputmode = inputmode, spellcheck = spellcheck) }}"#
)]
struct Input {
    id: String,
    name: String,
    label: String,
    value: String,
    hint: String,
    heading: bool,
    kind: String,
    classes: String,
    autocomplete: String,
    inputmode: String,
    spellcheck: bool,
    errors: FormErrors,
}

#[test]
fn input_is_the_frontends() {
    let names = [
        "default",
        "with hint text",
        "with error message",
        "with error and hint",
        "with width-5 class",
        "with label as page heading",
        "custom type",
        "value",
        "inputmode",
        "with autocomplete attribute",
        "with spellcheck disabled",
    ];
    same("input", &names, |options| {
        let id = first(options, &["/id", "/name"]);
        Input {
            errors: errors(options, &id),
            name: text(options, "/name"),
            label: text(options, "/label/text"),
            value: text(options, "/value"),
            hint: text(options, "/hint/text"),
            heading: options.pointer("/label/isPageHeading").is_some(),
            kind: options["type"].as_str().unwrap_or("text").to_owned(),
            classes: classes(options),
            autocomplete: text(options, "/autocomplete"),
            inputmode: text(options, "/inputmode"),
            spellcheck: options["spellcheck"] != false,
            id,
        }
    });
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% import "components.html" as ui %}{{ ui::password(id, label, errors, hint = hint, autocomplete = autocomplete) }}"#
)]
struct Password {
    id: String,
    label: String,
    hint: String,
    autocomplete: String,
    errors: FormErrors,
}

#[test]
fn password_is_the_frontends() {
    let names = ["default", "with hint text", "with error message", "with new-password autocomplete"];
    same("password-input", &names, |options| {
        let id = first(options, &["/id", "/name"]);
        Password {
            errors: errors(options, &id),
            label: text(options, "/label/text"),
            hint: text(options, "/hint/text"),
            autocomplete: options["autocomplete"].as_str().unwrap_or("current-password").to_owned(),
            id,
        }
    });
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% import "components.html" as ui %}{{ ui::textarea(id, label, value, errors, hint = hint, heading = heading, rows = rows) }}"#
)]
struct Textarea {
    id: String,
    label: String,
    value: String,
    hint: String,
    heading: bool,
    rows: u64,
    errors: FormErrors,
}

#[test]
fn textarea_is_the_frontends() {
    let names = [
        "default",
        "with hint",
        "with error message",
        "with hint and error message",
        "with default value",
        "with custom rows",
        "with label as page heading",
    ];
    same("textarea", &names, |options| {
        let id = first(options, &["/id", "/name"]);
        Textarea {
            errors: errors(options, &id),
            label: text(options, "/label/text"),
            value: text(options, "/value"),
            hint: text(options, "/hint/text"),
            heading: options.pointer("/label/isPageHeading").is_some(),
            rows: options["rows"].as_u64().unwrap_or(5),
            id,
        }
    });
}

/// Radios and checkboxes: the same options, each its own macro.
struct Closed {
    id: String,
    name: String,
    legend: String,
    hint: String,
    heading: bool,
    classes: String,
    options: Vec<Choice>,
    chosen: Vec<String>,
    value: String,
    conditionals: Vec<(String, String)>,
    errors: FormErrors,
}

impl Closed {
    fn of(options: &Value) -> Self {
        let id = first(options, &["/idPrefix", "/name"]);
        let chosen = chosen(options);
        Self {
            errors: errors(options, &id),
            name: text(options, "/name"),
            legend: text(options, "/fieldset/legend/text"),
            hint: text(options, "/hint/text"),
            heading: options.pointer("/fieldset/legend/isPageHeading").is_some(),
            classes: classes(options),
            options: choices(options),
            value: chosen.first().cloned().unwrap_or_default(),
            chosen,
            conditionals: conditionals(options),
            id,
        }
    }

    fn revealed(&self, option: &Choice) -> &str {
        let found = self.conditionals.iter().find(|(value, _)| option.is(value));
        found.map_or("", |(_, html)| html)
    }
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% import "components.html" as ui %}{% call(option) ui::radios(c.id, c.legend, c.options, c.value, c.errors, name = c.name, hint = c.hint, heading = c.heading, classes = c.classes) %}{{ c.revealed(option)|safe }}{% endcall %}"#
)]
struct Radios {
    c: Closed,
}

#[test]
fn radios_are_the_frontends() {
    let names = [
        "default",
        "with hint",
        "inline",
        "with hints on items",
        "with fieldset and error message",
        "with conditional items",
        "with conditional item checked",
    ];
    same("radios", &names, |options| Radios { c: Closed::of(options) });
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% import "components.html" as ui %}{% call(option) ui::checkboxes(c.id, c.legend, c.options, c.chosen, c.errors, name = c.name, hint = c.hint, heading = c.heading) %}{{ c.revealed(option)|safe }}{% endcall %}"#
)]
struct Checkboxes {
    c: Closed,
}

#[test]
fn checkboxes_are_the_frontends() {
    let names = [
        "with hint",
        "with error message",
        "with error message and hint",
        "with legend as a page heading",
        "with divider and None",
        "with conditional items",
        "with conditional item checked",
    ];
    same("checkboxes", &names, |options| Checkboxes { c: Closed::of(options) });
}

#[derive(Template)]
#[template(ext = "html", source = r#"{% import "components.html" as ui %}{{ ui::file_upload(id, label, errors, hint = hint) }}"#)]
struct FileUpload {
    id: String,
    label: String,
    hint: String,
    errors: FormErrors,
}

#[test]
fn the_file_upload_is_the_frontends() {
    same("file-upload", &["with hint text", "error", "with error message and hint"], |options| {
        let id = text(options, "/id");
        let errors = errors(options, &id);
        FileUpload { label: text(options, "/label/text"), hint: text(options, "/hint/text"), errors, id }
    });
}

#[derive(Template)]
#[template(ext = "html", source = r#"{% import "components.html" as ui %}{{ ui::error_summary(errors) }}"#)]
struct ErrorSummary {
    errors: FormErrors,
}

#[test]
fn the_error_summary_is_the_frontends() {
    same("error-summary", &["default"], |options| {
        let mut errors = FormErrors::default();
        for error in options["errorList"].as_array().unwrap() {
            errors.add(text(error, "/href").trim_start_matches('#'), text(error, "/text"));
        }
        ErrorSummary { errors }
    });
}

#[test]
fn the_comparison_sees_a_lost_description_and_a_lost_class() {
    let theirs = fixture("input", "with error and hint").html;
    let lost = theirs.replace("aria-describedby", "data-nothing");
    assert_ne!(tree(&theirs), tree(&lost));
    assert_ne!(tree(&theirs), tree(&theirs.replace(" govuk-input--error", "")));
    let selector = Selector::parse("input").unwrap();
    assert_eq!(Html::parse_fragment(&theirs).select(&selector).count(), 1);
}
