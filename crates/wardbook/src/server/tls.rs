//! TLS of our own: a certificate and its key in PEM files.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::failure::Failure;
use crate::settings::Tls;

/// What accepts TLS connections; none where no certificate is set.
pub(crate) fn acceptor(settings: &Tls) -> Result<Option<TlsAcceptor>, Failure> {
    let (Some(cert), Some(key)) = (&settings.cert, &settings.key) else { return Ok(None) };
    let certs: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(cert).map(Iterator::collect).map_err(|error| unreadable("cert", cert, &error))?;
    let certs = certs.map_err(|error| unreadable("cert", cert, &error))?;
    if certs.is_empty() {
        return Err(Failure::field("[tls] cert", format!("{} holds no certificate", cert.display())));
    }
    refuse_open(key)?;
    let key_der = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable("key", key, &error))?;
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(certs, key_der);
    let mut config = config.map_err(|error| Failure::field("[tls] key", format!("does not go with the certificate: {error}")))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Some(TlsAcceptor::from(Arc::new(config))))
}

fn unreadable(key: &str, path: &Path, error: &dyn std::error::Error) -> Failure {
    Failure::field(format!("[tls] {key}"), format!("{}: {}", path.display(), crate::failure::chain(error)))
}

/// A key that everybody on the machine can read is no secret. (A group may: certificate tools keep keys so.)
fn refuse_open(path: &Path) -> Result<(), Failure> {
    let mode = std::fs::metadata(path).map_err(|error| unreadable("key", path, &error))?.mode() & 0o777;
    if mode & 0o007 != 0 {
        return Err(Failure::field("[tls] key", format!("{} can be read by everybody (mode {mode:04o})", path.display())));
    }
    Ok(())
}
