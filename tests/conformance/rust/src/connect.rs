//! A client for the server that KINESIS_ENDPOINT names, e.g. http://localhost:4567; for AWS without it. For https it
//! trusts the certificate in the file that AWS_CA_BUNDLE names: an SDK without default features takes its HTTP client
//! from the program.

use aws_sdk_kinesis::Client;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::Builder;

pub async fn connect() -> crate::Result<Client> {
    let trusted = match std::env::var("AWS_CA_BUNDLE") {
        Ok(file) => TrustStore::empty().with_pem_certificate(std::fs::read(file)?),
        Err(_) => TrustStore::default(),
    };
    let http_client = Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(TlsContext::builder().with_trust_store(trusted).build()?)
        .build_https();

    let mut loader = aws_config::from_env().http_client(http_client);
    if let Ok(endpoint) = std::env::var("KINESIS_ENDPOINT") {
        loader = loader.endpoint_url(endpoint);
    }
    Ok(Client::new(&loader.load().await))
}
