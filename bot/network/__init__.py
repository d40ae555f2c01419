"""How this machine reaches others: proxies and certificates, the same for every client."""
