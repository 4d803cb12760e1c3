"""What is made once for all requests is what rest_framework would make for each."""

from typing import Any

import pytest
from django.test import RequestFactory
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from llm_providers.api.base import ContractView
from llm_providers.strict.fields import Text
from llm_providers.strict.serializer import StrictSerializer

pytestmark = pytest.mark.once


class Plain(ViewSet):
    """A view as rest_framework has it."""

    http_method_names = ContractView.http_method_names
    authentication_classes = permission_classes = ()

    def tell(self, _request: Any) -> Response:
        return Response({"name": "\u2028 é", "number": 1.5})


class Prepared(ContractView, Plain):
    pass


@pytest.mark.parametrize("actions", [{"get": "tell"}, {"get": "tell", "post": "tell"}, {"delete": "tell"}])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "application/*", "application/json; indent=4"])
def test_the_answer_is_rest_frameworks(actions: dict[str, str], method: str, accept: str | None) -> None:
    request = RequestFactory().generic(method, "/", headers={"Accept": accept} if accept else {})
    ours, theirs = (view.as_view(dict(actions))(request).render() for view in (Prepared, Plain))
    assert (ours.status_code, ours.headers, ours.content) == (theirs.status_code, theirs.headers, theirs.content)


class Names(StrictSerializer):
    name = Text()

    def across(self, _valid: dict[str, Any], _sent: Any) -> dict[str, Any]:
        return {"name": [self.context["sentence"]]} if "sentence" in self.context else {}


def test_serializers_with_the_same_fields_know_nothing_of_each_other() -> None:
    names = Names()
    right, refused, wrong = names.anew({"name": "a"}), names.anew({"name": "b"}, sentence="No."), names.anew({})
    assert (right.is_valid(), right.validated_data) == (True, {"name": "a"})
    assert (refused.is_valid(), refused.errors) == (False, {"name": ["No."]})
    assert (wrong.is_valid(), wrong.errors) == (False, {"name": ["This field is required."]})
    assert (right.validated_data, right.errors) == ({"name": "a"}, {})
    assert right.fields is names.fields
    assert names.context == {}
