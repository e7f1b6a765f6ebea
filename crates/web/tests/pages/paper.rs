//! The blank form, for whoever asks.

use axum::http::StatusCode;

use crate::common::Harness;

#[tokio::test(flavor = "multi_thread")]
async fn the_blank_form_is_for_everybody_and_rendered_once() {
    let harness = Harness::new().await;
    let (first, second) = tokio::join!(harness.file("/form.pdf", None), harness.file("/form.pdf", None));
    for file in [&first, &second] {
        assert_eq!(file.status, StatusCode::OK);
        assert_eq!(file.header("content-type"), "application/pdf");
        assert_eq!(file.header("content-disposition"), "inline; filename=\"ict-concern-form.pdf\"");
        assert_eq!(file.header("cache-control"), "public, no-cache");
        assert_eq!(file.header("x-content-type-options"), "nosniff");
        assert_eq!(file.header("set-cookie"), "", "nobody is followed");
        assert!(file.body.starts_with(b"%PDF-1.7\n"));
        let name = format!("ICT Concern / Misuse Form – {}", harness.app.trust_name());
        assert!(file.body.windows(name.len()).any(|window| window == name.as_bytes()), "the trust's own");
    }
    assert!(first.body == second.body);
    // One buffer behind both answers: the second was not set again.
    assert_eq!(first.body.as_ptr(), second.body.as_ptr());

    let etag = first.header("etag").to_owned();
    assert!(etag.len() == 34 && etag.starts_with('"'), "{etag}");
    let known = harness.file("/form.pdf", Some(&etag)).await;
    assert_eq!((known.status, known.body.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!((known.header("etag"), known.header("cache-control")), (etag.as_str(), "public, no-cache"));
    assert_eq!(harness.file("/form.pdf", Some("\"another\"")).await.status, StatusCode::OK);
}
