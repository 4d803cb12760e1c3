import re
from collections.abc import Mapping
from typing import Any

from llm_providers.providers.base import Provider
from llm_providers.providers.credentials import CredentialsSerializer, MaskedField, PlainField, SecretField
from llm_providers.providers.probes import amazon_bedrock
from llm_providers.providers.ways import Way

# The shape of every region in botocore's partitions.json, anchored: it becomes part of a host name.
REGION = r"[a-z]{2,8}(?:-[a-z]{2,12}){1,4}-\d{1,2}"
# "The typical size is less than 4096 bytes": AWS STS API Reference, AssumeRole.
SESSION_TOKEN_LENGTH = 4096
API_KEY_LENGTH = 4096  # of a short-lived key, which is a signed request
TEMPORARY_NEEDS_TOKEN = "This field is required: an ASIA access key id is temporary."  # noqa: S105 (a sentence)


class AmazonBedrock(Provider):
    """Amazon Bedrock: models served from the customer's own AWS account.

    AWS's own model of an access key id is 16 to 128 word characters (botocore, IAM
    service-2.json); ``AKIA`` marks a long-term key, ``ASIA`` a temporary one. API keys, long-lived
    and short-lived: https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html.
    """

    slug = "amazon-bedrock"
    label = "Amazon Bedrock"
    summary = "Models served from your own AWS account."
    docs_url = "https://docs.aws.amazon.com/bedrock/latest/userguide/getting-started.html"
    keys_url = "https://console.aws.amazon.com/iam/home#/security_credentials"
    key_pattern = re.compile(r"(?:AKIA|ASIA)[A-Z2-7]{16}\Z|ABSK[A-Za-z0-9+/]{109,269}={0,2}\Z|bedrock-api-key-")
    example = {
        "aws_access_key_id": "AKIAYOURACCESSKEYID2",
        "aws_secret_access_key": "your-secret-access-key",
        "region": "us-west-2",
    }
    second_example = {
        "aws_access_key_id": "AKIAYOURSECONDKEYID3",
        "aws_secret_access_key": "your-second-secret-access-key",
        "region": "eu-central-1",
        "aws_session_token": "your-session-token",
    }

    verify = staticmethod(amazon_bedrock.verify)
    list_models = staticmethod(amazon_bedrock.list_models)

    class Credentials(CredentialsSerializer):
        ways = (
            Way(
                "Access key",
                "An access key of an IAM user or role.",
                fields=("aws_access_key_id", "aws_secret_access_key", "aws_session_token"),
                unset=("AWS_BEARER_TOKEN_BEDROCK", "AWS_SECURITY_TOKEN", "AWS_CREDENTIAL_EXPIRATION"),
            ),
            Way(
                "API key",
                "A key of Bedrock's own, long-lived or short-lived.",
                fields=("api_key",),
                example={"api_key": "ABSKyour-bedrock-api-key", "region": "us-west-2"},
                second_example={"api_key": "bedrock-api-key-your-second", "region": "eu-central-1"},
            ),
        )
        unset = (
            "AWS_ENDPOINT_URL",
            "AWS_ENDPOINT_URL_BEDROCK",
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
            "AWS_BEDROCK_RUNTIME_ENDPOINT",
            "AWS_PROFILE",
            "AWS_DEFAULT_PROFILE",
        )

        aws_access_key_id = MaskedField(
            label="Access key ID",
            help_text="AKIA... for a long-term key, ASIA... for a temporary one.",
            prefixes=["AKIA", "ASIA"],
            pattern=r"\w{16,128}",
            hint="An AWS access key id is 16 to 128 letters, digits or underscores.",
            env="AWS_ACCESS_KEY_ID",
        )
        aws_secret_access_key = SecretField(
            label="Secret access key",
            help_text="Shown by AWS once, when the access key was made.",
            env="AWS_SECRET_ACCESS_KEY",
        )
        region = PlainField(
            label="Region",
            help_text="The region whose models are used, for example us-west-2.",
            pattern=REGION,
            hint="An AWS region looks like us-west-2.",
            env=["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_REGION_NAME"],
        )
        aws_session_token = SecretField(
            label="Session token",
            help_text="Required with a temporary ASIA... key.",
            required=False,
            max_length=SESSION_TOKEN_LENGTH,
            env="AWS_SESSION_TOKEN",
        )
        api_key = SecretField(
            label="API key",
            help_text="ABSK... for a long-lived key, bedrock-api-key-... for a short-lived one.",
            prefixes=["ABSK", "bedrock-api-key-"],
            prefix_required=True,
            max_length=API_KEY_LENGTH,
            env="AWS_BEARER_TOKEN_BEDROCK",
        )

        def across(self, valid: dict[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
            errors = super().across(valid, sent)
            if valid.get("aws_access_key_id", "").startswith("ASIA") and "aws_session_token" not in valid:
                errors["aws_session_token"] = [TEMPORARY_NEEDS_TOKEN]
            return errors
