"""The sessions by which the bot speaks HTTP to Slack."""

from aiohttp import BasicAuth, ClientHandlerType, ClientRequest, ClientResponse, ClientSession
from yarl import URL

from bot.network.proxies import proxy_for


def open_session() -> ClientSession:
    """A session that asks for each request which proxy leads there.

    Neither aiohttp's own reading of the variables (it knows no port in NO_PROXY, and no
    ALL_PROXY) nor that of Slack's client (it knows no NO_PROXY) is what the provider's client
    does: this one is the same for all. Netrc files are not read.
    """
    return ClientSession(middlewares=(_by_environment,))


async def _by_environment(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    found = proxy_for(str(request.url))
    proxy = URL(found) if found else None
    auth = None
    if proxy is not None and proxy.user is not None:
        auth = BasicAuth(proxy.user, proxy.password or "")
        proxy = proxy.with_user(None)
    request.update_proxy(proxy, auth, None)
    return await handler(request)
