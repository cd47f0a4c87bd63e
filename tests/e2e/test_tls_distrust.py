"""Clients that do not trust the certificate and do not say so, as Node.js: they leave when they have seen it."""

import re
import socket
import ssl
import subprocess

import pytest

from kinesisd import WAIT_S
from test_tls import ca_file, connect, hello, trusting

CONNECT = """
require("%s").%s("https://localhost:" + process.argv[1]%s).on("error", (error) => {
  console.log(error.code);
  process.exit(0);
});
"""


@pytest.fixture
def tls(start):
    return start()


def hint(server):
    return ("it left when it had seen the certificate, which is how Node.js shows that it does not trust that: let it "
            f"trust the CA at /_kinesisd/ca.pem, for example with AWS_CA_BUNDLE={ca_file(server)} (Node.js: "
            "NODE_EXTRA_CA_CERTS).")


@pytest.mark.parametrize("script", [CONNECT % ("https", "get", ""), CONNECT % ("http2", "connect", "")],
                         ids=["HTTP/1.1", "HTTP/2"])
def test_node_that_does_not_trust_us_is_told_how(tls, script):
    done = subprocess.run(["node", "-e", script, str(tls.port)], capture_output=True, text=True, timeout=WAIT_S,
                          check=True)
    assert done.stdout == "UNABLE_TO_VERIFY_LEAF_SIGNATURE\n", done
    tls.wait_for_line("A client('s TLS handshake failed| closed its TLS connection): " + re.escape(hint(tls)) + "$")


@pytest.mark.parametrize("protocol", ["h2", "http/1.1"])
def test_a_client_that_leaves_at_once(tls, protocol):
    with connect(tls, trusting(tls, protocol)) as connection:
        connection.shutdown(socket.SHUT_RDWR)
    tls.wait_for_line("info  A client closed its TLS connection: " + re.escape(hint(tls)) + "$")


def test_a_client_that_leaves_with_the_certificate_in_hand(tls):
    with socket.create_connection((tls.host, tls.port), timeout=WAIT_S) as connection:
        connection.sendall(hello())
        connection.recv(1000)
    tls.wait_for_line("warn  A client's TLS handshake failed: " + re.escape(hint(tls)) + "$")


def test_a_client_that_asks_is_not_suspected(tls):
    with connect(tls, trusting(tls)) as connection:
        connection.sendall(b"GET /_kinesisd/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        while connection.recv(1000):
            pass
    with connect(tls, trusting(tls)) as connection:
        connection.sendall(b"GET /")
        with pytest.raises((ssl.SSLError, OSError)):
            connection.unwrap()
            connection.recv(10)
            raise OSError
    tls.stop()
    assert "it left" not in tls.text()
