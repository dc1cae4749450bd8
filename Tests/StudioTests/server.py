"""Starts the program as a server in folders of its own."""

import http.client
import os
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time


class Server:
    """`hourglass serve` on a free port; use it in a `with` statement."""

    def __init__(self, program, examples, data=None, tokens=None):
        self.program = os.path.abspath(program)
        self.examples = examples
        self.data = data
        self.tokens = tokens
        self.folder = tempfile.mkdtemp(prefix="studio-tests-")
        self.process = None

    def __enter__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        arguments = [self.program, "serve", "--port", str(self.port), "--workspace", self.path("workspace")]
        arguments += ["--examples", self.examples, *shlex.split(os.environ.get("STUDIO_ARGUMENTS", ""))]
        if self.data:
            arguments += ["--data", self.data]
        if self.tokens:
            with open(self.path("tokens"), "w") as file:
                os.chmod(self.path("tokens"), 0o600)
                file.writelines(f"{name} {token}\n" for name, token in self.tokens.items())
            arguments += ["--token-file", self.path("tokens")]
        self.output = open(self.path("output"), "w")
        environment = dict(os.environ, HOME=self.folder, XDG_CACHE_HOME=self.path("cache"), XDG_DATA_HOME=self.path("share"))
        self.process = subprocess.Popen(
            arguments, stdout=self.output, stderr=subprocess.STDOUT, env=environment, cwd=self.folder
        )
        self.wait()
        return self

    def __exit__(self, *problem):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.output.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def wait(self):
        """Waits until the server answers."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                time.sleep(0.1)
        with open(self.path("output")) as file:
            raise AssertionError("the server does not answer: " + file.read()[-2000:])
