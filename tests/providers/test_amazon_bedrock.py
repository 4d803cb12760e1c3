import pytest

from llm_providers.providers import PROVIDERS
from tests.providers.refusals import clean, refused

pytestmark = pytest.mark.once

LONG_TERM = "AKIAIOSFODNN7EXAMPLE"
TEMPORARY = "ASIAIOSFODNN7EXAMPLE"
SLASHES = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

REGIONS = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "ca-west-1",
    "mx-central-1",
    "sa-east-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "af-south-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "cn-north-1",
    "cn-northwest-1",
    "us-gov-east-1",
    "us-gov-west-1",
    "eusc-de-east-1",
    "us-iso-east-1",
    "us-iso-west-1",
    "us-isob-east-1",
    "us-isob-west-1",
    "eu-isoe-west-1",
    "us-isof-east-1",
    "us-isof-south-1",
]


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_is_accepted(region: str) -> None:
    assert clean("amazon-bedrock", region=region)["region"] == region


@pytest.mark.parametrize(
    "region",
    [
        "us-east-1.evil.com/",
        "evil.com#",
        "us-west-2/",
        "us-west-2?x",
        "us-west-2@evil.com",
        "127.0.0.1",
        "local",
        "US-WEST-2",
        "us-west",
        "us_west_2",
        "-us-west-2",
        "us-west-2-",
        "us--west-2",
        "us-west-123",
        "us-west-\u0662",
        "us",
    ],
)
def test_what_is_no_region_is_refused_because_it_becomes_part_of_a_host_name(region: str) -> None:
    assert list(refused("amazon-bedrock", region=region)) == ["credentials.region"]


def test_a_wrong_region_is_told_what_one_looks_like() -> None:
    sentence = "An AWS region looks like us-west-2."
    assert refused("amazon-bedrock", region="Oregon") == {"credentials.region": [sentence]}


@pytest.mark.parametrize(
    "key_id",
    [LONG_TERM, "AKIA" + "A" * 12, "ABIAIOSFODNN7EXAMPLE", "A3TXIOSFODNN7EXAMPLE", "your_access_key_id", "A" * 128],
)
def test_an_access_key_id_is_what_aws_models_it_as(key_id: str) -> None:
    assert clean("amazon-bedrock", aws_access_key_id=key_id)["aws_access_key_id"] == key_id


@pytest.mark.parametrize("key_id", ["A" * 15, "A" * 129, "AKIA-IOSFODNN7-EXAMPLE", "AKIA/IOSFODNN7EXAMPLE"])
def test_another_access_key_id_is_refused(key_id: str) -> None:
    sentence = "An AWS access key id is 16 to 128 letters, digits or underscores."
    assert refused("amazon-bedrock", aws_access_key_id=key_id) == {"credentials.aws_access_key_id": [sentence]}


@pytest.mark.parametrize("secret", [SLASHES, "a+b/c=" * 6, "your-secret-access-key", "short"])
def test_a_secret_access_key_has_no_pattern(secret: str) -> None:
    assert clean("amazon-bedrock", aws_secret_access_key=secret)["aws_secret_access_key"] == secret


def test_the_two_keys_in_each_others_place_are_noticed() -> None:
    swapped = refused("amazon-bedrock", aws_access_key_id=SLASHES, aws_secret_access_key=LONG_TERM)
    assert list(swapped) == ["credentials.aws_access_key_id"]


def test_a_temporary_key_needs_its_session_token() -> None:
    assert refused("amazon-bedrock", aws_access_key_id=TEMPORARY) == {
        "credentials.aws_session_token": ["This field is required: an ASIA access key id is temporary."]
    }


def test_a_temporary_key_with_its_session_token_is_accepted() -> None:
    token = "IQoJb3JpZ2luX2VjE" + "a+/=" * 300
    cleaned = clean("amazon-bedrock", aws_access_key_id=TEMPORARY, aws_session_token=token)
    assert cleaned["aws_session_token"] == token


def test_a_long_term_key_takes_a_session_token_too() -> None:
    assert clean("amazon-bedrock", aws_session_token="token")["aws_session_token"] == "token"


def test_a_session_token_takes_4096_characters_and_no_more() -> None:
    assert len(clean("amazon-bedrock", aws_session_token="a" * 4096)["aws_session_token"]) == 4096
    assert list(refused("amazon-bedrock", aws_session_token="a" * 4097)) == ["credentials.aws_session_token"]


@pytest.mark.parametrize(
    ("key_id", "shown"), [(LONG_TERM, "AKIA***"), (TEMPORARY, "ASIA***"), ("ABIAIOSFODNN7EXAMPLE", "***")]
)
def test_all_but_the_region_is_masked(key_id: str, shown: str) -> None:
    cleaned = clean("amazon-bedrock", aws_access_key_id=key_id, aws_session_token="token")
    assert PROVIDERS.mask("amazon-bedrock", cleaned) == {
        "aws_access_key_id": shown,
        "aws_secret_access_key": "***",
        "region": "us-west-2",
        "aws_session_token": "***",
    }


def test_rules_across_fields_are_told_together_with_the_fields_own() -> None:
    assert refused("amazon-bedrock", aws_access_key_id=TEMPORARY, region="nowhere") == {
        "credentials.aws_session_token": ["This field is required: an ASIA access key id is temporary."],
        "credentials.region": ["An AWS region looks like us-west-2."],
    }
