"""Whatever is asked within the portal's own description, it answers, and never with a fault."""

from datetime import timedelta

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from starlette.responses import JSONResponse

from breaktime.portal import VISITOR, Visitor
from breaktime.portal.routes import ADDRESSES
from support.portal import HOME, MEG, NAME, Portal

ANSWERS = {200, 303, 400, 404, 422}
SET = {b"host", b"origin", b"content-type"}


def described(token):
    """Return the addresses as OpenAPI has them."""
    paths = {}
    for one in ADDRESSES:
        fields = {
            field.name: {"type": "string", "maxLength": field.longest} for field in one.fields
        }
        operation = {"responses": {"default": {"description": "a page"}}}
        if one.method == "POST":
            fields["token"] = {"type": "string", "enum": [token]}
            body = {"type": "object", "properties": fields, "required": sorted(fields)}
            form = {"application/x-www-form-urlencoded": {"schema": body}}
            operation["requestBody"] = {"required": True, "content": form}
        else:
            operation["parameters"] = [
                {"name": name, "in": "query", "schema": schema} for name, schema in fields.items()
            ]
        paths[one.path] = {one.method.lower(): operation}
    return {"openapi": "3.0.3", "info": {"title": "portal", "version": "1"}, "paths": paths}


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    portal = Portal(tmp_path_factory.mktemp("openapi"))
    text = portal.config.read_text().replace("helpdesk: [h.desk]", f"helpdesk: [{MEG}]")
    portal.config.write_text(text)
    portal.reload()

    async def app(scope, receive, send):
        """Ask as somebody who may use every address, and from a page of the portal."""
        if scope["path"] == "/openapi.json":
            await JSONResponse(described(portal.token(MEG)))(scope, receive, send)
            return
        portal.now += timedelta(seconds=10)  # nobody asks too often
        headers = [(name, value) for name, value in scope["headers"] if name not in SET]
        headers += [
            (b"host", NAME.encode()),
            (b"origin", HOME.encode()),
            (b"content-type", b"application/x-www-form-urlencoded"),
        ]
        visitor = {VISITOR: Visitor(MEG, (), "10.0.0.5")}
        await portal.app({**scope, "headers": headers, "state": visitor}, receive, send)

    yield schemathesis.openapi.from_asgi("/openapi.json", app)
    portal.close()


def test_every_address_answers_whatever_its_fields_say(schema):
    """Without the plugin for pytest: it needs an older one than ours."""
    seen = set()
    for found in schema.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(
            max_examples=15,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        def answers(case):
            response = case.call(allow_redirects=False)
            seen.add((case.path, response.status_code))
            assert response.status_code in ANSWERS, case.path
            assert "Traceback" not in response.text

        answers()
    assert {path for path, _ in seen} == {one.path for one in ADDRESSES}
    assert {("/break/stop", 422), ("/cases/request", 422), ("/", 200)} <= seen
