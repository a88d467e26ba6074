"""Money is an int of minor units and an ISO 4217 currency; here is how many decimals a currency has."""

_NO_DECIMALS = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF")
)
_THREE_DECIMALS = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))


def currency_decimals(currency: str) -> int:
    """How many decimals the minor unit of a currency has: 2 but for the yen and its like, and the dinars."""
    if currency in _NO_DECIMALS:
        return 0
    return 3 if currency in _THREE_DECIMALS else 2


def amount_text(minor: int, currency: str) -> str:
    """``100.00 USD``, ``1500 JPY``."""
    decimals = currency_decimals(currency)
    if not decimals:
        return f"{minor} {currency}"
    whole, part = divmod(abs(minor), 10**decimals)
    return f"{'-' if minor < 0 else ''}{whole}.{part:0{decimals}} {currency}"
