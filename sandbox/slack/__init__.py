"""A Slack workspace on this machine, for demonstrations and tests."""

from sandbox.slack.actor import Actor
from sandbox.slack.dispatch.delivery import Delivery
from sandbox.slack.faults import Faults
from sandbox.slack.gestures import NoSuchButtonError, NotThereError
from sandbox.slack.methods import EVERY_SCOPE
from sandbox.slack.sandbox import SlackSandbox
from sandbox.slack.views.entering import CannotSubmitError, NoSuchFieldError
from sandbox.slack.views.view import View
from sandbox.slack.web_api.invocation import Call
from sandbox.slack.web_api.pace import RateLimit, Usage
from sandbox.slack.workspace.history import History, Stood
from sandbox.slack.workspace.message import Message
from sandbox.slack.workspace.model import Channel, File, Person, Usergroup
from sandbox.slack.workspace.workspace import Workspace

__all__ = [
    "EVERY_SCOPE",
    "Actor",
    "Call",
    "CannotSubmitError",
    "Channel",
    "Delivery",
    "Faults",
    "File",
    "History",
    "Message",
    "NoSuchButtonError",
    "NoSuchFieldError",
    "NotThereError",
    "Person",
    "RateLimit",
    "SlackSandbox",
    "Stood",
    "Usage",
    "Usergroup",
    "View",
    "Workspace",
]
