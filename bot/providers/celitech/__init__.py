"""Celitech: eSIMs with data for countries and regions."""

from bot.providers.celitech.form import NAME, form
from bot.providers.celitech.provider import API_URL, AUTH_URL, Celitech

__all__ = ["API_URL", "AUTH_URL", "NAME", "Celitech", "form"]
