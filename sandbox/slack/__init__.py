"""A Slack workspace on this machine, for demonstrations and tests."""

from sandbox.slack.actor import Actor, NoSuchButtonError
from sandbox.slack.dispatch.delivery import Delivery
from sandbox.slack.faults import Faults
from sandbox.slack.sandbox import SlackSandbox
from sandbox.slack.web_api.invocation import Call
from sandbox.slack.workspace.message import Message
from sandbox.slack.workspace.model import Channel, File, Person
from sandbox.slack.workspace.workspace import Workspace

__all__ = [
    "Actor",
    "Call",
    "Channel",
    "Delivery",
    "Faults",
    "File",
    "Message",
    "NoSuchButtonError",
    "Person",
    "SlackSandbox",
    "Workspace",
]
