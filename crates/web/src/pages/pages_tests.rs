//! What holds for every page, checked on every sample.

use std::collections::BTreeSet;

use scraper::{ElementRef, Html, Selector};

use super::samples::{self, HOSTILE, Rendered};

fn select<'a>(html: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    html.select(&Selector::parse(selector).unwrap()).collect()
}

fn each_page(check: impl Fn(&Rendered, &Html)) {
    for page in samples::all() {
        check(&page, &Html::parse_document(&page.html));
    }
}

fn ids(html: &Html) -> BTreeSet<String> {
    select(html, "[id]").iter().map(|element| element.attr("id").unwrap().to_owned()).collect()
}

#[test]
fn a_page_has_one_heading_a_title_and_a_language() {
    each_page(|page, html| {
        assert_eq!(select(html, "main h1").len(), 1, "{}", page.name);
        let title = select(html, "title")[0].text().collect::<String>();
        assert!(title.ends_with(" – Wardbook") && title.len() > " – Wardbook".len(), "{}: {title}", page.name);
        let wrong = !select(html, ".govuk-error-summary").is_empty();
        assert_eq!(title.starts_with("Error: "), wrong, "{}: {title}", page.name);
        assert_eq!(select(html, "html")[0].attr("lang"), Some("en-GB"));
    });
}

#[test]
fn every_form_posts_with_the_form_token() {
    each_page(|page, html| {
        for form in select(html, "form") {
            assert_eq!(form.attr("method"), Some("post"), "{}", page.name);
            assert!(form.attr("action").unwrap().starts_with('/'), "{}", page.name);
            let token = form.select(&Selector::parse("input[type=hidden][name=csrf]").unwrap()).next();
            assert_eq!(token.and_then(|input| input.attr("value")), Some("form-token"), "{}", page.name);
        }
    });
}

#[test]
fn enter_in_a_field_sends_the_form_and_presses_no_other_button() {
    each_page(|page, html| {
        for form in select(html, "form") {
            let first = form.select(&Selector::parse("button[type=submit]").unwrap()).next().unwrap();
            assert_eq!(first.attr("name"), None, "{}", page.name);
        }
    });
}

#[test]
fn nothing_on_a_page_needs_more_than_the_content_security_policy_allows() {
    each_page(|page, html| {
        let holds_frames = page.name == "demo-side-by-side";
        assert_eq!(!select(html, "iframe").is_empty(), holds_frames, "{}", page.name);
        assert!(select(html, "style, [style], object, base").is_empty(), "{}", page.name);
        for script in select(html, "script") {
            assert!(script.attr("src").is_some_and(|src| src.starts_with("/assets/")), "{}", page.name);
            assert_eq!(script.text().collect::<String>(), "", "{}", page.name);
        }
        for element in select(html, "*") {
            for (name, value) in element.value().attrs() {
                assert!(!name.starts_with("on"), "{}: {name}", page.name);
                let address = matches!(name, "src" | "href" | "action");
                assert!(!address || value.starts_with('/') || value.starts_with('#'), "{}: {name}={value}", page.name);
            }
        }
    });
}

#[test]
fn every_asset_named_by_a_page_exists() {
    each_page(|page, _| assert!(!page.html.contains("/assets/missing"), "{}", page.name));
}

#[test]
fn ids_are_unique_and_every_reference_to_one_holds() {
    each_page(|page, html| {
        let ids = ids(html);
        assert_eq!(select(html, "[id]").len(), ids.len(), "{}: an id stands twice", page.name);
        for attribute in ["for", "aria-describedby", "aria-labelledby", "aria-controls", "data-aria-controls"] {
            for element in select(html, &format!("[{attribute}]")) {
                for id in element.attr(attribute).unwrap().split(' ') {
                    assert!(ids.contains(id), "{}: {attribute}={id}", page.name);
                }
            }
        }
        for link in select(html, "a[href^='#']") {
            let id = link.attr("href").unwrap().trim_start_matches('#');
            assert!(ids.contains(id), "{}: #{id}", page.name);
        }
    });
}

#[test]
fn every_input_has_a_label_and_every_error_stands_twice() {
    each_page(|page, html| {
        let labelled: BTreeSet<&str> = select(html, "label").iter().filter_map(|label| label.attr("for")).collect();
        for input in select(html, "input:not([type=hidden]), textarea, select") {
            assert!(labelled.contains(input.attr("id").unwrap()), "{}", page.name);
            assert!(input.attr("name").is_some(), "{}", page.name);
        }
        for link in select(html, ".govuk-error-summary a[href^='#']") {
            let text = link.text().collect::<String>();
            // A part of a date has its words in the summary and its mark on the part.
            let field = link.attr("href").unwrap().trim_start_matches('#').to_owned();
            let inline = select(html, ".govuk-error-message").iter().any(|error| error.text().collect::<String>().contains(&text));
            let marked = select(html, ".govuk-input--error").iter().any(|input| input.attr("id") == Some(&field));
            assert!(inline || marked, "{}: {text}", page.name);
        }
    });
}

#[test]
fn what_a_person_wrote_is_text_and_never_markup() {
    let mut seen = 0;
    each_page(|page, html| {
        assert!(!page.html.contains("<script>alert"), "{}", page.name);
        assert!(select(html, "b").is_empty(), "{}", page.name);
    });
    for page in samples::all() {
        let html = Html::parse_document(&page.html);
        let text = html.root_element().text().collect::<String>();
        let values = select(&html, "input[value]").iter().any(|input| input.attr("value") == Some(HOSTILE));
        seen += usize::from(text.contains(HOSTILE) || values);
    }
    assert!(seen >= 5, "only {seen} samples show what a person wrote");
}

#[test]
fn a_first_line_break_typed_is_not_lost() {
    let page = samples::all().into_iter().find(|page| page.name == "file-what-error").unwrap();
    let html = Html::parse_document(&page.html);
    let typed = select(&html, "textarea")[0].text().collect::<String>();
    assert!(typed.starts_with("\nfirst line typed was empty\n"), "{typed:?}");
}

#[test]
fn a_stranger_has_no_navigation_and_a_flag_that_is_off_is_not_in_the_page() {
    use askama::Template;
    let mut chrome = samples::chrome();
    chrome.can.cases = false;
    let page = super::message::Message::cannot_show(chrome).render().unwrap();
    assert!(page.contains("href=\"/queue\"") && !page.contains("href=\"/cases\""));
    let page = super::message::Message::cannot_show(samples::stranger()).render().unwrap();
    assert!(!page.contains("/sign-out") && !page.contains("href=\"/queue\""));
}

/// Writes every sample for the browser checks (`tests/browser/static.mjs`), into the folder named by `WARDBOOK_SAMPLE_PAGES`.
#[test]
fn samples_are_written_for_the_browser() {
    let Ok(folder) = std::env::var("WARDBOOK_SAMPLE_PAGES") else { return };
    let folder = std::path::Path::new(&folder);
    std::fs::create_dir_all(folder).unwrap();
    for page in samples::all() {
        std::fs::write(folder.join(format!("{}.html", page.name)), page.html).unwrap();
    }
}
