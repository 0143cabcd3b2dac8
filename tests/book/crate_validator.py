"""Run by the Python of the crate validator's own environment, without a network.

    python crate_validator.py CRATE CONTEXT CACHE

The validator asks the network for nothing but the JSON-LD context that a crate names. A copy of it
comes with the library that writes our crates; here it is laid into the validator's cache first.
"""

import json
import sys
from io import BytesIO
from pathlib import Path

import requests
from requests.adapters import BaseAdapter
from requests_cache import CachedSession
from rocrate_validator import services
from rocrate_validator.models import Severity
from urllib3 import HTTPResponse


class Shelf(BaseAdapter):
    """Answers every request with one file."""

    def __init__(self, content):
        super().__init__()
        self.content = content

    def send(self, request, **_):
        answer = requests.Response()
        answer.status_code, answer.url, answer.request = 200, request.url, request
        answer.headers["Content-Type"] = "application/ld+json"
        answer.raw = HTTPResponse(BytesIO(self.content), preload_content=False, status=200)
        answer.raw._request_url = request.url
        return answer

    def close(self):
        pass


def main(crate, context, cache):
    content = Path(context).read_bytes()
    with CachedSession(cache, backend="sqlite", expire_after=-1) as session:
        session.mount("https://", Shelf(content))
        session.get(json.loads(content)["@id"])
    settings = {
        "rocrate_uri": crate,
        "profile_identifier": "ro-crate-1.3",
        "requirement_severity": Severity.RECOMMENDED,
        "offline": True,
        "cache_path": cache,
    }
    result = services.validate(settings)
    for issue in sorted(
        {f"{i.severity.name} {i.check.identifier}: {i.message}" for i in result.get_issues()}
    ):
        print(issue)
    print(f"{len(result.executed_checks)} checks")


if __name__ == "__main__":
    main(*sys.argv[1:])
