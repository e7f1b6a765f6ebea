//! Style, scripts and the icon, packed into the binary and served under names that hold their hash.
//!
//! `ops/build-assets.sh` makes `assets/dist`; nothing compiled or third-party is committed. To add a file: a source in `assets/`,
//! a line in that script, and [`url`] in the template. A path names its content for ever, so a browser may keep it for ever, and a
//! file can be swapped in a running trust without a stale page.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

/// Hexadecimal digits of the hash in a name: 64 bits, ample against accident (the files are ours).
const HASH_DIGITS: usize = 16;

#[derive(RustEmbed)]
#[folder = "assets/dist"]
struct Dist;

struct Asset {
    body: Cow<'static, [u8]>,
    mime: &'static str,
    hash: String,
}

/// Hashed name (`app.0123456789abcdef.css`) to file.
static BY_HASHED_NAME: LazyLock<BTreeMap<String, Asset>> = LazyLock::new(|| {
    Dist::iter()
        .filter(|name| !name.starts_with('.'))
        .filter_map(|name| {
            let file = Dist::get(&name)?;
            let mut hash = hex::encode(file.metadata.sha256_hash());
            hash.truncate(HASH_DIGITS);
            let asset = Asset { mime: mime(&name), body: file.data, hash };
            Some((hashed_name(&name, &asset.hash), asset))
        })
        .collect()
});

/// Plain name (`app.css`) to path (`/assets/app.0123456789abcdef.css`).
static URLS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    BY_HASHED_NAME
        .iter()
        .map(|(hashed, asset)| {
            let plain = hashed.replacen(&format!(".{}", asset.hash), "", 1);
            (plain, format!("/assets/{hashed}"))
        })
        .collect()
});

/// The path under which an asset is served now. An unknown name gives a path that is not found; a test holds that no template has one.
pub fn url(name: &str) -> &'static str {
    URLS.get(name).map_or("/assets/missing", String::as_str)
}

/// `GET /assets/{name}`: the file, to be kept for ever; 304 when the caller has it; 404 for every other name.
pub async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = BY_HASHED_NAME.get(&name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let etag = format!("\"{}\"", asset.hash);
    let common = [
        (header::ETAG, etag.clone()),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    if has_already(&headers, &etag) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let body: &'static [u8] = asset.body.as_ref();
    (common, [(header::CONTENT_TYPE, asset.mime)], body).into_response()
}

/// Whether the caller has what this tag names.
pub(crate) fn has_already(headers: &HeaderMap, etag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|candidate| candidate.trim().trim_start_matches("W/") == etag)
}

/// `app.css` and its hash to `app.HASH.css`.
fn hashed_name(name: &str, hash: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{hash}.{extension}"),
        None => format!("{name}.{hash}"),
    }
}

/// The few types there are, with the charset stated; anything else would be a mistake in the asset step.
fn mime(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    async fn get(path: &str, if_none_match: Option<&str>) -> Response {
        let mut headers = HeaderMap::new();
        if let Some(value) = if_none_match {
            headers.insert(header::IF_NONE_MATCH, value.parse().unwrap());
        }
        let name = path.strip_prefix("/assets/").unwrap().to_owned();
        serve(Path(name), headers).await
    }

    fn header_of(response: &Response, name: header::HeaderName) -> String {
        response.headers()[name].to_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn a_file_is_served_for_ever_under_its_hashed_name_only() {
        let path = url("app.css");
        assert!(path.starts_with("/assets/app.") && path.len() == "/assets/app..css".len() + HASH_DIGITS);
        let response = get(path, None).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header_of(&response, header::CONTENT_TYPE), "text/css; charset=utf-8");
        assert!(header_of(&response, header::CACHE_CONTROL).contains("immutable"));
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(body.len() > 10_000, "{} bytes", body.len());

        for wrong in ["/assets/app.css", "/assets/app.0000000000000000.css", "/assets/.stamp", "/assets/missing"] {
            assert_eq!(get(wrong, None).await.status(), StatusCode::NOT_FOUND, "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_caller_who_has_the_file_gets_no_body() {
        let path = url("app.js");
        let etag = header_of(&get(path, None).await, header::ETAG);
        for known in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}")] {
            let response = get(path, Some(&known)).await;
            assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(header_of(&response, header::ETAG), etag);
        }
        assert_eq!(get(path, Some("\"other\"")).await.status(), StatusCode::OK);
    }

    #[test]
    fn the_style_holds_no_foreign_font_emblem_or_address() {
        let css = Dist::get("app.css").unwrap().data;
        let css = std::str::from_utf8(&css).unwrap().to_lowercase();
        for never in ["gds transport", "crest", "crown", "url(", "@import"] {
            assert!(!css.contains(never), "{never}");
        }
    }
}
