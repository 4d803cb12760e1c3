import json
from typing import Any

import pytest

from llm_providers.strict import json as strict_json
from llm_providers.strict.json import MAX_DEPTH, NotStrictJSON

pytestmark = pytest.mark.once

NOT_JSON = "The text is not valid JSON."
TOO_DEEP = "The JSON is nested deeper than 32 levels."


def refusal(text: str | bytes) -> str:
    with pytest.raises(NotStrictJSON) as refused:
        strict_json.loads(text)
    return str(refused.value)


@pytest.mark.parametrize(
    "value",
    [{}, [], "", "text", "ünïcödé 🎉", 0, -1, 1.5, 1e308, 10**30, True, False, None, {"a": [{"b": None}], "": ""}],
    ids=repr,
)
@pytest.mark.parametrize("ascii_only", [True, False])
def test_plain_json_is_read_as_text_and_as_bytes(value: object, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    assert strict_json.loads(text) == value
    assert strict_json.loads(text.encode()) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "{",
        "}",
        "{'a': 1}",
        '{"a": 1,}',
        '{"a" 1}',
        "[1 2]",
        "nul",
        "TRUE",
        "01",
        "+1",
        ".5",
        "0x1",
        '"\n"',
        '"\0"',
        '"\\x41"',
        "{} {}",
        "// comment\n{}",
        '\ufeff{"a": 1}',
        "9" * 5000,
    ],
)
def test_what_is_not_json_is_refused(text: str) -> None:
    assert refusal(text) == NOT_JSON
    assert refusal(text.encode()) == NOT_JSON


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_another_encoding_is_refused(encoding: str) -> None:
    assert refusal('{"ü": "é"}'.encode(encoding)) in (NOT_JSON, "The text is not valid UTF-8.")


@pytest.mark.parametrize("text", [b'"\xff"', b'"\xc3"', b'"\xc0\x80"', b'"\xed\xa0\x80"'])
def test_bytes_that_are_not_utf_8_are_refused(text: bytes) -> None:
    assert refusal(text) == "The text is not valid UTF-8."


@pytest.mark.parametrize(
    "text", ['{"a": 1, "a": 1}', '{"a": 1, "\\u0061": 2}', '[{"b": {"a": 1, "c": 2, "a": 3}}]', '{"": 1, "": 2}']
)
def test_the_same_name_twice_is_refused(text: str) -> None:
    assert refusal(text) == "A JSON object holds the same name twice."


def test_the_same_name_in_two_objects_is_fine() -> None:
    assert strict_json.loads('{"a": {"a": 1}, "b": [{"a": 2}]}') == {"a": {"a": 1}, "b": [{"a": 2}]}


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", '{"a": [NaN]}'])
def test_constants_that_are_no_json_numbers_are_refused(text: str) -> None:
    assert refusal(text) == "NaN and Infinity are not JSON numbers."


@pytest.mark.parametrize("text", ["1e400", "-1e400", '{"a": 1.5e999999}', "9" * 400 + ".0"])
def test_a_number_that_would_become_infinite_is_refused(text: str) -> None:
    assert refusal(text) == "A number is too large."


@pytest.mark.parametrize("text", ['"\\u0000"', '{"a\\u0000": 1}', '{"a": ["b", "\\u0000c"]}'])
def test_a_nul_character_is_refused_in_names_and_values(text: str) -> None:
    assert refusal(text) == "A string holds a NUL character."


@pytest.mark.parametrize(
    "text", ['"\\ud800"', '"\\udfff"', '{"\\ud800": 1}', '[["a\\udc00"]]', '"\\udc00\\ud800"', '"\ud800"']
)
def test_half_of_a_surrogate_pair_is_refused_in_names_and_values(text: str) -> None:
    assert refusal(text) == "A string holds half of a surrogate pair."


def test_a_whole_surrogate_pair_is_one_character() -> None:
    assert strict_json.loads('"\\ud83c\\udf89"') == "🎉"


def nested(depth: int, innermost: str, form: str = "[{}]") -> str:
    opening, closing = form.split("{}")
    return opening * depth + innermost + closing * depth


@pytest.mark.parametrize("form", ["[{}]", '{"a":{}}'])
@pytest.mark.parametrize("innermost", ["1", '"text"', "null"])
def test_32_levels_are_accepted_and_33_refused(form: str, innermost: str) -> None:
    assert depth_of(strict_json.loads(nested(MAX_DEPTH, innermost, form))) == 32
    assert refusal(nested(MAX_DEPTH + 1, innermost, form)) == TOO_DEEP


def test_an_empty_list_or_object_is_a_level_too() -> None:
    assert depth_of(strict_json.loads(nested(MAX_DEPTH - 1, "[]"))) == 32
    assert refusal(nested(MAX_DEPTH, "[]")) == TOO_DEEP
    assert refusal(nested(MAX_DEPTH, "{}")) == TOO_DEEP


def depth_of(value: Any) -> int:
    depth = 0
    while isinstance(value, list | dict):
        depth += 1
        value = next(iter(value.values() if isinstance(value, dict) else value), None)
    return depth


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, nested(100_000, "")])
def test_a_hundred_thousand_brackets_are_refused(text: str) -> None:
    assert refusal(text) == TOO_DEEP


def test_a_refusal_does_not_quote_the_text() -> None:
    for text in (
        '{"sk-pasted": 1, "sk-pasted": 2}',
        '{"a": sk-pasted}',
        '["sk-pasted\\ud800"]',
        '["sk-pasted\\u0000"]',
    ):
        assert "sk-pasted" not in refusal(text)
