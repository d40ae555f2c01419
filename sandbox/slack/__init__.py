"""A Slack workspace on this machine, for demonstrations and tests."""

from sandbox.slack.acting.clicks import NoSuchButtonError
from sandbox.slack.acting.forms import NotThereError
from sandbox.slack.actor import Actor
from sandbox.slack.dispatch.delivery import Delivery
from sandbox.slack.faults import Faults
from sandbox.slack.inputs.checking import CannotSubmitError
from sandbox.slack.inputs.entering import NoSuchFieldError
from sandbox.slack.sandbox import SlackSandbox
from sandbox.slack.views.view import View
from sandbox.slack.web_api.invocation import Call
from sandbox.slack.web_api.rate_limits import RateLimit
from sandbox.slack.workspace.message import Message
from sandbox.slack.workspace.model import Channel, File, Person, Usergroup
from sandbox.slack.workspace.workspace import Workspace

__all__ = [
    "Actor",
    "Call",
    "CannotSubmitError",
    "Channel",
    "Delivery",
    "Faults",
    "File",
    "Message",
    "NoSuchButtonError",
    "NoSuchFieldError",
    "NotThereError",
    "Person",
    "RateLimit",
    "SlackSandbox",
    "Usergroup",
    "View",
    "Workspace",
]
