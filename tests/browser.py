"""A headless Chromium, driven by its DevTools protocol: docs at chromedevtools.github.io."""

import json
import shutil
import subprocess
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

import websocket

PROGRAM = "chromium"
SECONDS = 60
OPTIONS = (
    "--headless=new",
    "--remote-debugging-port=0",
    "--no-sandbox",  # which root and containers cannot have; the pages are our own
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--hide-scrollbars",
)


class Page:
    """One page, and what it told the console, threw or asked for since it was opened."""

    def __init__(self, address: str) -> None:
        self.socket = websocket.create_connection(address, SECONDS, suppress_origin=True)
        self.number = 0
        self.loaded = False
        self.errors: list[str] = []
        self.requests: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of a command of the protocol."""
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while (message := self._next()).get("id") != self.number:
            pass
        assert "error" not in message, message
        result: dict[str, Any] = message["result"]
        return result

    def open(self, path: Path) -> None:
        """Load a file, and wait until its scripts have run."""
        self.errors.clear()
        self.requests.clear()
        self.loaded = False
        self.call("Page.navigate", url=path.absolute().as_uri())
        while not self.loaded:
            self._next()
        self.frame()

    def evaluate(self, script: str) -> Any:
        """The value of an expression, waited for where it is a promise."""
        answer = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def frame(self) -> None:
        """Wait until what was changed is drawn."""
        self.evaluate(
            "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def resize(self, width: int, height: int, *, phone: bool = False) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if phone else 1,
            mobile=phone,
        )
        self.frame()

    def media(self, name: str, **features: str) -> None:
        """Show the page as on a screen or on paper, with features such as its colour scheme."""
        chosen = [
            {"name": feature.replace("_", "-"), "value": value}
            for feature, value in features.items()
        ]
        self.call("Emulation.setEmulatedMedia", media=name, features=chosen)
        self.frame()

    def drag(self, places: list[tuple[float, float]]) -> None:
        """Move the mouse with its button down from place to place of the window."""
        for i, (x, y) in enumerate(places):
            kind = "mousePressed" if i == 0 else "mouseMoved"
            self._mouse(kind, x, y)
        self._mouse("mouseReleased", *places[-1])
        self.frame()

    def press(self, key: str) -> None:
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key)
        self.frame()

    def picture(self, path: Path) -> None:
        """Write the whole page, below the window's edge too, as PNG."""
        answer = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(b64decode(answer["data"]))

    def pdf(self) -> bytes:
        return b64decode(self.call("Page.printToPDF", printBackground=True)["data"])

    def _mouse(self, kind: str, x: float, y: float) -> None:
        self.call(
            "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1, clickCount=1
        )

    def _next(self) -> dict[str, Any]:
        """The next message; what the page says or asks for is kept."""
        message: dict[str, Any] = json.loads(self.socket.recv())
        told = message.get("params", {})
        match message.get("method"):
            case "Page.loadEventFired":
                self.loaded = True
            case "Runtime.exceptionThrown":
                self.errors.append(json.dumps(told["exceptionDetails"]))
            case "Runtime.consoleAPICalled" if told["type"] in ("error", "warning", "assert"):
                self.errors.append(json.dumps(told["args"]))
            case "Log.entryAdded":
                self.errors.append(told["entry"]["text"])
            case "Network.requestWillBeSent":
                self.requests.append(told["request"]["url"])
        return message


@contextmanager
def browser_page(profile: Path) -> Iterator[Page]:
    """A page of a Chromium that keeps its files in `profile` and ends with the block."""
    program = shutil.which(PROGRAM)
    assert program, f"{PROGRAM} is missing: `make test` installs it; or apt-get install {PROGRAM}"
    process = subprocess.Popen(
        [program, *OPTIONS, f"--user-data-dir={profile}", "about:blank"], stderr=subprocess.DEVNULL
    )
    try:
        page = Page(_address(_port(profile / "DevToolsActivePort")))
        yield page
        page.socket.close()
    finally:
        process.terminate()
        process.wait(SECONDS)


def _port(file: Path) -> int:
    """What Chromium writes into its profile when it listens."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if file.exists() and (lines := file.read_text().splitlines()):
            return int(lines[0])
        time.sleep(0.05)
    raise AssertionError(f"{PROGRAM} did not start within {SECONDS} s")


def _address(port: int) -> str:
    """Of the one page that is open, from the list that Chromium serves."""
    opener = build_opener(ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{port}/json/list", timeout=SECONDS) as answer:
        pages: list[dict[str, str]] = json.load(answer)
    return next(page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page")
