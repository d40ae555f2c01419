"""The workspace in a browser: what each person sees, what they can do, and what may go wrong."""

from sandbox.page.manifest import Manifest, read_manifest
from sandbox.page.scene import BotSwitch, Scene
from sandbox.page.server import served_page

__all__ = ["BotSwitch", "Manifest", "Scene", "read_manifest", "served_page"]
