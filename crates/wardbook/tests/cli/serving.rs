//! Sockets, TLS and metrics of a running server.

use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

use crate::support::{Folder, ask_over, sample, set_mode};

#[test]
fn a_socket_that_a_killed_server_left_is_recognised_and_replaced() {
    let folder = Folder::with_trust(&[]);
    let socket = folder.path().join("wardbook.sock");
    let server = folder.serve(&[]);
    assert_eq!(std::fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777, 0o700);
    server.kill();
    assert!(socket.exists(), "a killed server cannot clear up");
    folder.run(&["import", "schools", &sample("schools.csv")]).exits(0);
    let (code, log) = folder.serve(&[]).stop();
    assert_eq!(code, 0);
    assert!(log.contains("server.socket.replaced"), "{log}");
}

#[test]
fn two_servers_never_work_in_one_folder() {
    let folder = Folder::with_trust(&[]);
    let server = folder.serve(&[]);
    let second = folder.run(&["serve", "--listen", "127.0.0.1:0"]).exits(1);
    assert!(second.err.contains("another wardbook process is at work on this trust"), "{second:?}");
    // Another folder that names the same embedded book is the same trust.
    let copy = Folder::new();
    std::fs::create_dir(copy.path()).unwrap();
    let config = std::fs::read_to_string(folder.path().join("wardbook.toml")).unwrap();
    let url = |name: &str| format!("url = \"sqlite://{}\"\n", folder.path().join(name).display());
    let elsewhere = format!("{config}\n[database]\n{}\n[keys]\n{}", url("book.db"), url("keys/keys.db"));
    std::fs::write(copy.path().join("wardbook.toml"), &elsewhere).unwrap();
    std::fs::write(folder.path().join("wardbook.toml"), &elsewhere).unwrap();
    let third = Folder::new();
    std::fs::create_dir(third.path()).unwrap();
    std::fs::write(third.path().join("wardbook.toml"), &elsewhere).unwrap();
    let identity = folder.path().join("keys/service.identity");
    let identity = [("WARDBOOK__KEYS__IDENTITY", identity.to_str().unwrap())];
    let from_copy = copy.serve(&identity);
    let from_third = third.run_in(&["serve", "--listen", "127.0.0.1:0"], &identity).exits(1);
    assert!(from_third.err.contains("another wardbook process"), "{from_third:?}");
    drop((server, from_copy));
}

#[tokio::test]
async fn metrics_are_for_this_machine_and_hold_no_ids() {
    let folder = Folder::with_people();
    let token = folder.token("george.xu@example.org", "George Xu", "dsl");
    let server = folder.serve(&[]);
    let id = "0123456789abcdef0123456789abcdef";
    assert_eq!(server.ask("GET", &format!("/api/v1/reports/{id}"), Some(&token), "").await.0, 404);
    assert_eq!(server.ask("GET", "/canary-path", None, "").await.0, 404);
    let (status, text) = server.ask("GET", "/metrics", None, "").await;
    assert_eq!(status, 200);
    assert!(text.contains("http_route=\"/api/v1/reports/{id}\"") && text.contains("http_response_status_class=\"4xx\""), "{text}");
    assert!(!text.contains(id) && !text.contains("canary") && !text.contains(&token), "{text}");
    assert_eq!(server.stop().0, 0);

    // A proxy on this machine would hand the page on.
    let proxied = [("WARDBOOK__TRUSTED_PROXIES", "127.0.0.1"), ("WARDBOOK__PUBLIC_URL", "https://wardbook.example.org")];
    let server = folder.serve(&proxied);
    assert_eq!(server.ask("GET", "/metrics", None, "").await.0, 404);
    drop(server);
    let server = folder.serve(&[("WARDBOOK__TELEMETRY__METRICS", "false")]);
    assert_eq!(server.ask("GET", "/metrics", None, "").await.0, 404);
}

/// P0-SEND-1.
#[tokio::test]
async fn tls_of_our_own() {
    let folder = Folder::with_trust(&[]);
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let cert = folder.write_beside("cert.pem", made.cert.pem(), 0o644);
    let key = folder.write_beside("key.pem", made.signing_key.serialize_pem(), 0o600);
    let settings = [("WARDBOOK__TLS__CERT", cert.as_str()), ("WARDBOOK__TLS__KEY", key.as_str())];
    let server = folder.serve(&settings);
    assert!(server.ready["listening"].as_str().unwrap().starts_with("https://127.0.0.1:"));

    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let client = TlsConnector::from(Arc::new(client.with_root_certificates(roots).with_no_client_auth()));
    let stream = tokio::net::TcpStream::connect(server.address()).await.unwrap();
    let stream = client.connect(ServerName::try_from("localhost").unwrap(), stream).await.unwrap();
    assert_eq!(ask_over(stream, "GET", "/health/live", None, "").await.0, 200);
    assert_eq!(server.stop().0, 0);

    set_mode(key.as_ref(), 0o644);
    let open = folder.run_in(&["serve", "--listen", "127.0.0.1:0"], &settings).exits(2);
    assert!(open.err.contains("[tls] key: ") && open.err.contains("can be read by everybody"), "{open:?}");
    let swapped = [("WARDBOOK__TLS__CERT", key.as_str()), ("WARDBOOK__TLS__KEY", cert.as_str())];
    folder.run_in(&["serve", "--listen", "127.0.0.1:0"], &swapped).exits(2);
}
