"""HTTP/2 with prior knowledge, as the JavaScript SDK speaks it; and frames by hand for those who do not."""

import json
import socket

import h2.config
import h2.connection
import h2.events

import kinesisd

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9


def frame(kind, payload=b"", flags=0, stream=0):
    return (len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload)


class Http2:
    """One connection. `send` starts a request and returns its stream; `wait` takes answers as they come."""

    def __init__(self, server, window=None):
        self.socket = socket.create_connection((server.host, server.port), timeout=kinesisd.WAIT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self.h2.initiate_connection()
        if window:
            self.h2.update_settings({4: window})
        self.answers, self.bodies, self.statuses, self.events = {}, {}, {}, []
        self.flush()

    def flush(self):
        self.socket.sendall(self.h2.data_to_send())

    def send(self, operation, request, end=True, headers=None):
        """`headers` are added, or stand for those of the same name."""
        body = request if isinstance(request, bytes) else json.dumps(request).encode()
        stream = self.h2.get_next_available_stream_id()
        headers = {":method": "POST", ":scheme": "http", ":authority": "localhost", ":path": "/",
                   **{k.lower(): v for k, v in kinesisd.headers_for(operation).items()},
                   "content-length": str(len(body)),
                   **{k.lower(): v for k, v in (headers or {}).items()}}
        self.h2.send_headers(stream, list(headers.items()), end_stream=False)
        while body:
            room = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size, len(body))
            if room == 0:
                self.flush()
                self.receive()
                continue
            self.h2.send_data(stream, body[:room])
            body = body[room:]
        if end:
            self.h2.end_stream(stream)
        self.flush()
        return stream

    def receive(self):
        """Takes what the server sent; False when it closed the connection."""
        data = self.socket.recv(65536)
        if not data:
            return False
        for event in self.h2.receive_data(data):
            self.events.append(event)
            if isinstance(event, h2.events.ResponseReceived):
                self.statuses[event.stream_id] = dict(event.headers)
                self.bodies[event.stream_id] = bytearray()
            elif isinstance(event, h2.events.DataReceived):
                self.bodies[event.stream_id] += event.data
                self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, h2.events.StreamEnded):
                headers = self.statuses[event.stream_id]
                self.answers[event.stream_id] = kinesisd.Answer(
                    int(headers[":status"]), headers, bytes(self.bodies[event.stream_id]))
        self.flush()
        return True

    def wait(self, stream):
        while stream not in self.answers:
            assert self.receive(), f"closed; {self.events[-3:]}"
        return self.answers[stream]

    def call(self, operation, request, headers=None):
        return self.wait(self.send(operation, request, headers=headers))

    def ping(self):
        """Returns when the server has answered: it has then read everything sent before."""
        before = sum(isinstance(event, h2.events.PingAckReceived) for event in self.events)
        self.h2.ping(b"12345678")
        self.flush()
        while sum(isinstance(event, h2.events.PingAckReceived) for event in self.events) == before:
            assert self.receive(), f"closed; {self.events[-3:]}"

    def saw(self, kind):
        return any(isinstance(event, kind) for event in self.events)

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
