import re

import pytest

from llm_providers.machine_keys import ALPHABET, Mistyped, checksum, make, parse

pytestmark = pytest.mark.once

ONE = "llmp_k7f3q9x2m4p8_" + "0" * 43 + checksum("k7f3q9x2m4p8", "0" * 43)


def test_a_key_is_read_as_it_was_made() -> None:
    key = make()
    assert parse(key.text) == key


def test_no_two_keys_share_anything() -> None:
    keys = [make() for _ in range(1000)]
    assert len({key.id for key in keys}) == len({key.secret for key in keys}) == 1000


def test_scanners_find_a_key_by_the_documented_pattern() -> None:
    key = make()
    assert re.findall(r"\bllmp_[a-z0-9]{12}_[A-Za-z0-9]{49}\b", f"KEY={key.text}\n") == [key.text]


def test_the_format_stays_what_was_handed_out() -> None:
    """A key of today must be read by every version to come."""
    assert ONE == "llmp_k7f3q9x2m4p8_" + "0" * 43 + "1KBkfH"
    assert parse(ONE).digest == "0b45d1d2fffed01ff5f8b3e9d4068927bfada893fad010a5faab65e990a7850a"


@pytest.mark.parametrize("place", range(len("llmp_"), len(ONE)))
def test_any_one_wrong_character_is_a_typing_error(place: int) -> None:
    for wrong in set(ALPHABET) - {ONE[place]}:
        with pytest.raises(Mistyped):
            parse(ONE[:place] + wrong + ONE[place + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "llmp_",
        ONE[:-1],
        ONE + "0",
        ONE + "\n",
        " " + ONE,
        ONE.upper(),
        ONE.replace("llmp_", "llmp-"),
        ONE.replace("0", "\uff10"),
        ONE.replace("0", "\u0660"),
        "x" * 100_000,
    ],
)
def test_what_is_no_key_is_a_typing_error(text: str) -> None:
    with pytest.raises(Mistyped):
        parse(text)


def test_a_key_does_not_show_itself() -> None:
    key = make()
    assert [repr(key), str(key), f"{key}"] == [f"Key(id='{key.id}')"] * 3
