"""Reads vnd.amazon.eventstream messages as botocore does, for subscriptions over any kind of connection."""

import collections
import json

import botocore.eventstream

Event = collections.namedtuple("Event", "kind type payload content_type")


class Events:
    """Takes bytes as they come; `events` are the whole messages so far, checksums verified."""

    def __init__(self):
        self.buffer, self.events = botocore.eventstream.EventStreamBuffer(), []

    def feed(self, data):
        self.buffer.add_data(data)
        for message in self.buffer:
            headers = message.headers
            kind = headers[":message-type"]
            name = headers[":exception-type" if kind == "exception" else ":event-type"]
            self.events.append(Event(kind, name, json.loads(message.payload), headers.get(":content-type")))
