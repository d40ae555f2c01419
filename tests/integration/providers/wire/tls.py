"""A certificate for servers on this machine; it is nobody's else."""

import ssl
from pathlib import Path
from typing import Final

CERTIFICATE: Final = Path(__file__).with_name("certificate.pem")
"""For localhost and 127.0.0.1, signed by itself."""


def served() -> ssl.SSLContext:
    """What a server speaks TLS with; it would rather speak HTTP/2 than what we speak."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE, CERTIFICATE.with_name("key.pem"))
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context
