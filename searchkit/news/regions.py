"""What a place is also called, and what lies in it: parts of the world, countries' codes, names that were changed.

Parts of the world are the continents as GeoNames divides them, the European Union's members of 2020, and regions as the
Associated Press and the United Nations (M49) use the words. Codes of ISO 3166-3 stand for countries that are gone.
"""

from __future__ import annotations

from searchkit.news import gazetteer
from searchkit.news.places import fold

_EUROPE = """
AD AL AT AX BA BE BG BY CH CS CY CZ DD DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK MT
NL NO PL PT RO RS RU SE SI SJ SK SM SU UA VA XK YU
"""
_ASIA = """
AE AF AM AZ BD BH BN BT BU CC CN GE HK ID IL IN IO IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM PH PK PS
QA SA SG SY TH TJ TL TM TR TW UZ VD VN YD YE
"""
_AFRICA = """
AO BF BI BJ BW CD CF CG CI CM CV DJ DY DZ EG EH ER ET GA GH GM GN GQ GW HV KE KM LR LS LY MA MG ML MR MU MW MZ NA NE NG RE
RH RW SC SD SH SL SN SO SS ST SZ TD TG TN TZ UG YT ZA ZM ZR ZW
"""
_CARIBBEAN = """
AG AI AN AW BB BL BQ BS CU CW DM DO GD GP HT JM KN KY LC MF MQ MS PR SX TC TT VC VG VI
"""
_CENTRAL_AMERICA = "BZ CR GT HN NI PA SV"
_SOUTH_AMERICA = "AR BO BR CL CO EC FK GF GY PE PY SR UY VE"
_OCEANIA = "AS AU CK FJ FM GU KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS"

_REGIONS = {
    "africa": _AFRICA,
    "asia": _ASIA,
    "europe": _EUROPE,
    "north america": f"BM CA GL MX PM US {_CARIBBEAN} {_CENTRAL_AMERICA}",
    "south america": _SOUTH_AMERICA,
    "oceania": _OCEANIA,
    "middle east": "AE BH CY EG IL IQ IR JO KW LB OM PS QA SA SY TR YD YE",
    "north africa": "DZ EG EH LY MA SD TN",
    "sub saharan africa": " ".join(
        code for code in _AFRICA.split() if code not in ("DZ", "EG", "EH", "LY", "MA", "TN")
    ),
    "horn of africa": "DJ ER ET SO",
    "maghreb": "DZ LY MA MR TN",
    "sahel": "BF ML MR NE NG SD SN TD",
    "gulf": "AE BH IQ IR KW OM QA SA",
    "central asia": "KG KZ TJ TM UZ",
    "south asia": "AF BD BT IN LK MV NP PK",
    "southeast asia": "BN BU ID KH LA MM MY PH SG TH TL VD VN",
    "east asia": "CN HK JP KP KR MN MO TW",
    "caucasus": "AM AZ GE",
    "balkans": "AL BA BG GR HR ME MK RO RS SI XK YU",
    "baltic states": "EE LT LV",
    "scandinavia": "DK NO SE",
    "nordic countries": "DK FI FO GL IS NO SE",
    "european union": "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK",
    "latin america": f"MX {_CARIBBEAN} {_CENTRAL_AMERICA} {_SOUTH_AMERICA}",
    "central america": _CENTRAL_AMERICA,
    "caribbean": _CARIBBEAN,
}
_ALIASES = {
    "near east": "middle east",
    "mideast": "middle east",
    "south east asia": "southeast asia",
    "persian gulf": "gulf",
    "sub sahara": "sub saharan africa",
    "baltics": "baltic states",
    "the balkans": "balkans",
    "the middle east": "middle east",
    "eu": "european union",
}

# Countries that were renamed, each with all of its names in news in English, and its codes. The gazetteer knows cities.
_RENAMED: tuple[tuple[tuple[str, ...], str], ...] = (
    (("burma", "myanmar"), "BU MM"),
    (("zaire", "democratic republic of congo", "democratic republic of the congo", "belgian congo"), "ZR CD"),
    (("upper volta", "burkina faso", "burkina"), "HV BF"),
    (("dahomey", "benin"), "DY BJ"),
    (("rhodesia", "zimbabwe"), "RH ZW"),
    (("ceylon", "sri lanka"), "LK"),
    (("persia", "iran"), "IR"),
    (("siam", "thailand"), "TH"),
    (("kampuchea", "cambodia"), "KH"),
    (("swaziland", "eswatini"), "SZ"),
    (("holland", "netherlands"), "NL"),
    (("cote d ivoire", "cote divoire", "ivory coast"), "CI"),
    (("cape verde", "cabo verde"), "CV"),
    (("east timor", "timor leste"), "TL"),
    (("czech republic", "czechia"), "CZ"),
    (("turkey", "turkiye"), "TR"),
    (("gold coast", "ghana"), "GH"),
    (("abyssinia", "ethiopia"), "ET"),
    (("northern rhodesia", "zambia"), "ZM"),
    (("nyasaland", "malawi"), "MW"),
    (("peking", "beijing", "peiping"), ""),  # GeoNames lacks the last
)
_LARGE = 100_000
"""Inhabitants."""

# Countries that are gone, by code or name → those that their towns are in today.
_SUCCESSORS = {
    "SU": "RU UA BY KZ UZ GE AM AZ KG TJ TM LT LV EE MD", "YU": "RS HR SI BA MK ME XK", "CS": "CZ SK RS ME", "DD": "DE",
    "ZR": "CD", "BU": "MM", "HV": "BF", "DY": "BJ", "RH": "ZW", "YD": "YE", "VD": "VN", "TP": "TL", "AN": "CW SX BQ",
    "West Germany": "DE", "North Yemen": "YE", "South Vietnam": "VN", "Ceylon": "LK", "Persia": "IR", "Siam": "TH",
    "Tanganyika": "TZ", "Ottoman Empire": "TR SY LB IL PS IQ", "Austria-Hungary": "AT HU CZ SK HR SI BA",
}  # fmt: skip
_SETS = {name: (names, tuple(codes.split())) for names, codes in _RENAMED for name in names}


def widened(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The other names of a place and the codes of the countries that it means. ``name`` and the names are in small letters
    without accents, words apart. A part of the world means its countries, a two-letter word may be a country's code.
    """
    region = _ALIASES.get(name, name)
    if region in _REGIONS:
        return (), tuple(_REGIONS[region].split())
    if name in _SETS:
        names, codes = _SETS[name]
        return tuple(other for other in names if other != name), codes
    if len(name) == 2 and name.isascii() and name.isalpha():
        return (), (name.upper(),)
    return _names_of_today(name), ()


def _names_of_today(name: str) -> tuple[str, ...]:
    """The name that datelines' places have in the index, of a large city that had another one before."""
    entries = gazetteer.find(name)
    largest = max((entry for entry in entries if entry.alternate), key=lambda entry: entry.population, default=None)
    towns = (entry for entry in entries if entry.kind == "city" and not entry.alternate)
    own = max((entry.population for entry in towns), default=0)
    # Of the alternate names of small places some are anything; and who has the name today is meant first.
    if largest is None or largest.population < max(_LARGE, 10 * own):
        return ()
    return (fold(largest.name),)


def codes_of_today(code: str | None, name: str | None) -> tuple[str, ...]:
    """The codes of the countries in which the towns of a country lie: its own, or where it is gone those of its successors,
    by its code or, where it had none, its name.
    """
    gone = _SUCCESSORS.get(code or name or "")
    return tuple(gone.split()) if gone else (code,) if code else ()
