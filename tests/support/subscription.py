"""SubscribeToShard as a client sees it: events read one by one, over HTTP/1.1 or HTTP/2."""

import http.client
import json

import h2.events

import kinesisd
from event_stream import Events
from h2_client import Http2


def request(consumer_arn, kind="TRIM_HORIZON", shard=0, **position):
    return {"ConsumerARN": consumer_arn, "ShardId": kinesisd.shard_id(shard),
            "StartingPosition": {"Type": kind, **position}}


def register(server, stream, consumer="reader"):
    """A consumer's ARN, seen ACTIVE."""
    made = server.ok("RegisterStreamConsumer", {"StreamARN": kinesisd.arn(stream), "ConsumerName": consumer})["Consumer"]
    while True:
        status = server.ok("DescribeStreamConsumer", {"ConsumerARN": made["ConsumerARN"]})
        if status["ConsumerDescription"]["ConsumerStatus"] == "ACTIVE":
            return made["ConsumerARN"]


class Subscription:
    """Over HTTP/1.1. `refused` is the answer when there is no stream."""

    def __init__(self, server, members, version="HTTP/1.1", **who):
        self.http = http.client.HTTPConnection(server.host, server.port, timeout=kinesisd.WAIT_S)
        self.http._http_vsn_str = version
        self.http.request("POST", "/", json.dumps(members),
                          kinesisd.headers_for("SubscribeToShard", **who))
        self.response = self.http.getresponse()
        self.refused = None
        if self.response.status != 200:
            self.refused = kinesisd.Answer(self.response.status, self.response.headers, self.response.read())
        self.stream, self.taken = Events(), 0

    def read_more(self):
        data = self.response.read1(65536)
        self.stream.feed(data)
        return bool(data)

    def next(self):
        """The next message, awaited; None: the stream has ended."""
        while self.taken == len(self.stream.events):
            if not self.read_more():
                return None
        self.taken += 1
        return self.stream.events[self.taken - 1]

    def event(self):
        """The next event's members."""
        message = self.next()
        assert message is not None and message.kind == "event", message
        return message.payload

    def news(self):
        """The next message but those that say that there is none, which a slow test may meet anywhere."""
        while True:
            message = self.next()
            if message is None or message.kind != "event" or message.payload.get("Records", True):
                return message
            if "ChildShards" in message.payload:
                return message

    def opened(self):
        """Takes the initial response."""
        assert self.refused is None, self.refused
        message = self.next()
        assert (message.kind, message.type, message.payload) == ("event", "initial-response", {}), message
        return self

    def records(self, count):
        """The data of that many records, and the event that had the last."""
        data = []
        while len(data) < count:
            event = self.event()
            data += kinesisd.datas(event["Records"])
        return data, event

    def close(self):
        self.http.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Http2Subscription(Subscription):
    """On a stream of an HTTP/2 connection, its own or one shared with others."""

    def __init__(self, server, members, connection=None, window=None):
        self.connection = connection or Http2(server, window)
        self.id = self.connection.send("SubscribeToShard", members)
        self.stream, self.taken, self.fed = Events(), 0, 0
        while self.id not in self.connection.statuses:
            assert self.connection.receive()
        headers = self.connection.statuses[self.id]
        self.refused = None if headers[":status"] == "200" else self.connection.wait(self.id)

    def read_more(self):
        def unread():
            return len(self.connection.bodies[self.id]) > self.fed

        while not unread():
            if self.id in self.connection.answers or not self.connection.receive():
                return unread()
        body = self.connection.bodies[self.id]
        self.stream.feed(bytes(body[self.fed:]))
        self.fed = len(body)
        return True

    def cancel(self):
        self.connection.h2.reset_stream(self.id, error_code=8)
        self.connection.flush()

    def was_reset(self):
        return any(isinstance(event, h2.events.StreamReset) and event.stream_id == self.id
                   for event in self.connection.events)

    def close(self):
        self.connection.close()
