"""The sessions by which the bot speaks HTTP to Slack."""

from functools import partial

from aiohttp import (
    ClientHandlerType,
    ClientRequest,
    ClientResponse,
    ClientSession,
    encode_basic_auth,
)
from yarl import URL

from bot.network.proxies import proxy_for


def open_session() -> ClientSession:
    """A session that finds the proxy for each host that it calls.

    aiohttp itself ignores ports in NO_PROXY, and ALL_PROXY; Slack's client ignores NO_PROXY. This
    session reads the variables as the provider's client does, at its first call to a host: they
    are many, and reading them takes a third of a call. Netrc files are not read.
    """
    return ClientSession(middlewares=(partial(_by_environment, {}),))


async def _by_environment(
    known: dict[URL, str | None], request: ClientRequest, handler: ClientHandlerType
) -> ClientResponse:
    host = request.url.origin()
    if host not in known:
        known[host] = proxy_for(str(host))
    found = known[host]
    proxy, headers = URL(found) if found else None, None
    if proxy is not None and proxy.user is not None:
        secret = encode_basic_auth(proxy.user, proxy.password or "")
        headers, proxy = {"Proxy-Authorization": secret}, proxy.with_user(None)
    request.update_proxy(proxy, None, headers)
    if headers and proxy and request.url.scheme == "http":
        request.headers.update(headers)  # without a tunnel the request itself goes to the proxy
    return await handler(request)
