"""Names that speak of something sensitive: of fields, JSON keys, headers, URL parameters.

js/recorder/mask_fields.js has the same list of words.
"""

from __future__ import annotations

import re
from functools import lru_cache

# Words, apart by a bar; an underscore stands for a space between words.
_LIST = r"""
    pass_?(?:word|wd|code|phrase|key)s? | pwd | pin(?:_?(?:code|number))? | secrets? | (?:[a-z]+_)?tokens? |
    (?:client|api|private|secret|access)_?(?:key|secret)(?:_?id)? | t?otp | mfa | 2_?fa |
    one_?time(?:_?(?:code|password))? | (?:verification|security|auth(?:entication)?|sms)_?code |
    security_(?:answer|question) | cvv_?2? | cvc_?2? | csc | cc_?(?:num(?:ber)?|no|exp.*|name|csc|cvc|cvv) |
    card_?(?:num(?:ber)?|no|type|holder.*|cvc|cvv|code|exp.*) | (?:credit|debit|payment|saved|bank)_?cards? |
    iban | bic | swift | account_?(?:num(?:ber)?|no) | routing(?:_?number)? | sort_?code | ssn |
    social_security.* | tax_?id | national_id.* |
    passport.* | driv(?:er|ing).*_licen[cs]e.* | nino | personnummer | cpf | e_?mails? | mail |
    (?:tele)?phones?(?:_?(?:number|no))? | tel | mobile | cell(?:_?phone)? | fax | address(?:es)?(?:_?line)?(?:_?\d)? |
    addr_?\d? | street(?:_?address)? | post_?code | postal(?:_?code)? | zip(?:_?code)? | date_of_birth |
    birth_?(?:day|date) |
    dob | passwort | kennwort | contrase\u00f1a | contrasena | senha | mot_de_passe | telefono | telefon | adresse |
    direccion | plz |
    correo | courriel | (?:kredit_?)?karten_?nummer | kreditkarte | n[u\u00fa]mero_de_tarjeta |
    num[e\u00e9]ro_de_carte | authorization | credentials? | cookies? | session_?id | csrf | xsrf | jwt | bearer
"""
_PATTERN = r"(?<![^\W_])(?:" + re.sub(r"\s+", "", _LIST).replace("_", " ") + r")(?![^\W_])"
_WORDS = re.compile(_PATTERN)
_LAST_WORD = re.compile(_PATTERN + " *$")
# Of which one chooses what a site has kept.
_KEPT = re.compile(r"(?:^| )(?:cards?|payment ?(?:method|source)s?|recipients?|payees?) *$")
_CAMEL = re.compile(r"([a-z0-9])([A-Z])")
_NO_WORD = re.compile(r"[\W_]+")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


SECRET_HEADERS = _set("""
    authorization proxy-authorization authentication-info x-api-key api-key apikey x-auth-token x-access-token
    x-session-token x-csrf-token x-xsrf-token csrf-token x-amz-security-token x-goog-api-key
    x-shopify-access-token private-token x-vault-token www-authenticate proxy-authenticate dpop x-client-secret
    x-forwarded-email cf-access-jwt-assertion
""")
COOKIE_HEADERS = frozenset({"cookie", "set-cookie", "set-cookie2"})
# What says nothing of a person: kept at every level.
PLAIN_HEADERS = _set("""
    accept accept-charset accept-encoding accept-language accept-ranges access-control-allow-credentials
    access-control-allow-headers access-control-allow-methods access-control-allow-origin access-control-max-age
    age allow alt-svc cache-control connection content-encoding content-language content-length content-range
    content-security-policy content-type cross-origin-embedder-policy cross-origin-opener-policy
    cross-origin-resource-policy date expires host keep-alive last-modified permissions-policy pragma range
    referrer-policy retry-after sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform sec-fetch-dest sec-fetch-mode
    sec-fetch-site sec-fetch-user server strict-transport-security te timing-allow-origin trailer
    transfer-encoding upgrade upgrade-insecure-requests user-agent vary via x-content-type-options x-frame-options
    x-powered-by x-xss-protection
""")
URL_HEADERS = frozenset({"referer", "location", "origin", "content-location", "refresh", "link", "sourcemap"})

URL_PARAMETERS = tuple(
    sorted(
        _set("""
    access_token id_token refresh_token auth_token csrf_token authenticity_token token api_key apikey password
    passwd pwd passphrase client_secret secret code otp pin sig signature session_id sessionid session sid auth
    jwt ticket samlresponse email e-mail mail phone telephone tel mobile card cardnumber card_number cvc cvv iban
    ssn address street postcode zip x-amz-signature x-amz-credential x-amz-security-token x-goog-signature
    x-goog-credential
"""),
        key=len,
        reverse=True,
    )
)


@lru_cache(maxsize=4096)
def names_sensitive(name: str) -> bool:
    """Return whether a name, an id or a label speaks of something sensitive."""
    return _WORDS.search(_words(name)) is not None


def names_kept(name: str) -> bool:
    """Return whether the name of a select says that one chooses there of what a site has kept of a person."""
    return _KEPT.search(_words(name)) is not None


def asks_for_kept(label: str) -> bool:
    """Return whether the label of a select ends so: "Delivery address" does, "Address type" does not."""
    words = _words(label)
    return _LAST_WORD.search(words) is not None or _KEPT.search(words) is not None


def _words(name: str) -> str:
    return _NO_WORD.sub(" ", _CAMEL.sub(r"\1 \2", name[:300])).lower()


@lru_cache(maxsize=4096)
def is_secret_header(name: str) -> bool:
    lower = name.lower()
    return lower in SECRET_HEADERS or (
        lower not in PLAIN_HEADERS and lower not in URL_HEADERS and names_sensitive(lower)
    )
