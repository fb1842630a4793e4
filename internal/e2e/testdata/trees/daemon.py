"""A daemon of the old kind: it leaves its parents, its session and its output,
and writes its number into a file. The script that started it stays."""
import os
import signal
import sys

import serve

PID_FILE = "daemon.pid"


def daemon():
    if os.fork():
        os._exit(0)
    os.setsid()
    if os.fork():
        os._exit(0)
    out = os.open("daemon.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(out, stream)
    signal.signal(signal.SIGTERM, finish)
    serve.serve(note)


def note():
    with open(PID_FILE, "w") as file:
        print(os.getpid(), file=file)


def finish(*_):
    os.unlink(PID_FILE)
    print("ended well", flush=True)
    os._exit(0)


first = os.fork()
if first == 0:
    daemon()
os.waitpid(first, 0)
print("the daemon is on its way", flush=True)
if sys.argv[1:] == ["--stay"]:
    while True:
        signal.pause()
