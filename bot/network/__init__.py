"""Proxies and certificates, read in the same way for every client."""
