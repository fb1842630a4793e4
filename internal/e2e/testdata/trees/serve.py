"""A server for the trees of this folder: it knows /tree, /tree/slow and
/echo/tree, answers in the words of ../express/server.js, and says 404 to all else."""
import hashlib
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import version


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/tree/slow":
            threading.Event().wait(0.03)
        self.say(200 if self.path in ("/tree", "/tree/slow") else 404)

    def do_POST(self):
        body = self.body()
        self.say(200 if self.path == "/echo/tree" else 404, bytes=len(body), sha256=hashlib.sha256(body).hexdigest())

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        pieces = []
        while size := int(self.rfile.readline(), 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def say(self, status, **more):
        text = json.dumps({"role": "tree", "version": version.text, **more}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    allow_reuse_address = True  # of ended connections; a port that is held stays taken
    daemon_threads = True


def serve(started=lambda: None):
    server = Server(("127.0.0.1", int(os.environ["PORT"])), Handler)
    started()
    print("tree listens on", os.environ["PORT"], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    sys.exit(serve())
