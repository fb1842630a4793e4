"""Serves in a child, and starts another one when version.py has changed: the
parent of a Django or Flask server in development does that."""
import os
import subprocess
import sys
import time

WATCHED = "version.py"


def stamp():
    return os.stat(WATCHED).st_mtime_ns


def main():
    while True:
        seen = stamp()
        child = subprocess.Popen([sys.executable, "-B", "serve.py"])
        while child.poll() is None and stamp() == seen:
            time.sleep(0.05)
        if child.returncode is not None:
            return child.returncode
        print("version.py has changed, reloading", flush=True)
        child.terminate()
        child.wait()


sys.exit(main())
