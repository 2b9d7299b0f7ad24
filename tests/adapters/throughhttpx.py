"""How a request goes through a test client that is one of httpx: of Starlette's, FastAPI's, Litestar's."""

from types import MappingProxyType

import pytest

from tests.adapters.contract import Answer, Contract


def answer_of(answer):
    """The *answer* of such a client as an `Answer`."""
    return Answer(answer.status_code, tuple(answer.headers.multi_items()), answer.content)


class ThroughHttpx(Contract):
    """Subclasses set `client`."""

    UNLIKE = MappingProxyType(
        {
            "dot segments": "httpx resolves them",
            "malformed escapes": "httpx escapes the percent sign",
            "latin-1 headers": "the client writes and reads headers as UTF-8",
            "method get": "httpx writes methods in upper case",
        }
    )

    def send(self, method, target, headers=(), body=None):
        self.client.cookies.clear()
        return answer_of(self.client.request(method, target, headers=list(headers), content=body))

    def send_chunks(self, method, target, headers, chunks):
        return self.send(method, target, headers, iter(chunks))

    def is_torn(self, target):
        with pytest.raises(RuntimeError, match="secret"):
            self.send("GET", target)
        return True
