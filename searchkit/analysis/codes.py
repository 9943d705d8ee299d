"""Languages: their codes, the stemmer that each has, and finding out which one an article is written in."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import Stemmer

from searchkit.errors import SearchkitError

AUTO = "auto"
"""Stands for a stemmer's name: each article is stemmed in its own language."""

NONE = "none"
"""Stands for a stemmer's name: words are left as they are."""

UNDETERMINED = "und"
"""The code of ISO 639-2 for a text whose language cannot be told."""

_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "st": "sesotho",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
_AVAILABLE = frozenset(Stemmer.algorithms())

# ISO 639-1 as it stands. The rest of ISO 639 is looked up where it is met.
_ISO_639_1 = """
aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es
et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki
kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nd ne ng nl nn no nr
nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te
tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
_TWO_LETTERS = frozenset(_ISO_639_1.split())

# Codes that were withdrawn, and those that mean what another one is more often used for.
_SAME = {"iw": "he", "in": "id", "ji": "yi", "mo": "ro", "nb": "no", "cmn": "zh", "nob": "no"}
_NO_LANGUAGES = frozenset({"mis", "mul", UNDETERMINED, "zxx"})
_NAMES = {name: code for code, name in _STEMMERS.items()}

# Not languages, or none that anybody writes news in: what is taken for them is something short of another one.
_NOT_DETECTED = frozenset({"la", "vo"})

_MISSING = "telling the languages of articles apart needs py3langid: pip install 'searchkit[languages]'"

_CHARACTERS = 1000
"""Of a body that its language is told by: more of it does not make that surer."""

_LEAST_SURE = 0.2
"""How probable a language must be. Below this are tables and single names."""


def stemmer_of(code: str | None) -> str:
    """The stemmer for a language; ``none`` where there is none."""
    name = _STEMMERS.get(code or "", NONE)
    return name if name in _AVAILABLE else NONE


@lru_cache(maxsize=4096)
def code_of(written: str | None) -> str | None:
    """The code of a language (ISO 639-1, where it has one) that a tag such as ``en-US``, another code such as ``eng``, or
    an English name means. None where it means none, or only that it is not known.
    """
    if not written:
        return None
    name = written.strip().lower()
    code = name.replace("_", "-").partition("-")[0]
    code = _NAMES.get(name) or _SAME.get(code, code)
    if code in _NO_LANGUAGES:
        return None
    if code in _TWO_LETTERS:
        return code
    import pycountry  # reads long lists

    try:
        found: Any = pycountry.languages.lookup(code if len(code) == 3 else name)
    except LookupError:
        return None
    code = str(getattr(found, "alpha_2", None) or found.alpha_3)
    return _SAME.get(code, code)


def require_detection() -> None:
    """Raises SearchkitError where the library that tells languages apart is missing."""
    from importlib.util import find_spec

    if find_spec("py3langid") is None:
        raise SearchkitError(_MISSING)


def detect(title: str, body: str) -> str:
    """The code of the language that a text is written in, by its headline and how it begins; ``und`` where that is not
    clear. Always the same for the same text.

    Raises SearchkitError where py3langid is missing.
    """
    return str(_identifier().classify(f"{title}\n{body[:_CHARACTERS]}")[0])


@lru_cache(maxsize=1)
def _identifier() -> Any:
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier
    except ImportError:
        raise SearchkitError(_MISSING) from None
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True, min_confidence=_LEAST_SURE)
    # Those that ISO 639-1 knows: the model's others are dialects and creoles, which short texts are taken for.
    identifier.set_languages(sorted(_TWO_LETTERS.intersection(identifier.labels) - _NOT_DETECTED))
    return identifier
