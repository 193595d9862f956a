"""The vendors an installation has accounts with, as its settings name them."""

from gateways.lob import Lob
from gateways.twilio import Twilio
from runtime.settings import Settings


def carrier(settings: Settings) -> Twilio | None:
    """None while the account is not complete: sending is then switched off."""
    if not settings.twilio.complete:
        return None
    account = settings.twilio
    return Twilio(
        account.api_base,
        account.account_sid,
        account.auth_token.get_secret_value(),
        account.from_number,
    )


def mailing_house(settings: Settings) -> Lob | None:
    """None without a key: letters then go to the print spool."""
    key = settings.lob.api_key.get_secret_value()
    return Lob(settings.lob.api_base, key) if key else None
