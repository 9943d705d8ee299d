"""Which place a dateline means: 150 and more names that several places share, and what the rest of the story says."""

from __future__ import annotations

import pytest

from searchkit.article import Place
from searchkit.news.resolve import resolve

# What is printed, what the story says, and the city, region and country's code that are meant. None: that is not known.
_NAMESAKES = """
PARIS | | Paris | Île-de-France | FR
PARIS, Texas | | Paris | Texas | US
PARIS, Tex. | | Paris | Texas | US
PARIS, TX | | Paris | Texas | US
PARIS, Ky. | | Paris | Kentucky | US
PARIS, Tenn. | | Paris | Tennessee | US
PARIS, Ontario | | Paris | Ontario | CA
PARIS | The cattle fair in Texas drew thousands. | Paris | Île-de-France | FR
LONDON | | London | England | GB
LONDON, Ont. | | London | Ontario | CA
LONDON, Ontario | | London | Ontario | CA
LONDON, Ky. | | London | Kentucky | US
LONDON, Ohio | | London | Ohio | US
LONDON | Canadian officials met in Ottawa, Canada said. | London | England | GB
TRIPOLI | | Tripoli | Tripoli | LY
TRIPOLI, Libya | | Tripoli | Tripoli | LY
TRIPOLI, Lebanon | | Tripoli | Liban-Nord | LB
TRIPOLI | Lebanese soldiers took positions. The army of Lebanon said in Beirut that it was calm. | Tripoli | Liban-Nord | LB
TRIPOLI | The Libyan leader spoke. Libya is a member of OPEC. | Tripoli | Tripoli | LY
TRIPOLI, Greece | | Tripoli | Peloponnese | GR
TRIPOLI, Iowa | | Tripoli | Iowa | US
GEORGIA | The parliament in Tbilisi voted. | None | None | GE
GEORGIA | Farmers lost their peaches, officials in Atlanta said. | None | Georgia | US
SAVANNAH, Georgia | | Savannah | Georgia | US
ATLANTA, Georgia | | Atlanta | Georgia | US
MACON, Ga. | | Macon | Georgia | US
AUGUSTA, Ga. | | Augusta | Georgia | US
AUGUSTA, Maine | | Augusta | Maine | US
TBILISI, Georgia | | Tbilisi | None | GE
BATUMI, Georgia | | Batumi | Adjara | GE
RUSTAVI, Georgia | | Rustavi | Kvemo Kartli | GE
ROME | | Rome | Lazio | IT
ROME, Ga. | | Rome | Georgia | US
ROME, Georgia | | Rome | Georgia | US
ROME, N.Y. | | Rome | New York | US
ATHENS | | Athens | Attica | GR
ATHENS, Greece | | Athens | Attica | GR
ATHENS, Ga. | | Athens | Georgia | US
ATHENS, Georgia | | Athens | Georgia | US
ATHENS, Ohio | | Athens | Ohio | US
SAN JOSE | | San Jose | California | US
SAN JOSE, Calif. | | San Jose | California | US
SAN JOSE, Costa Rica | | San Jose | San José | CR
SAN JOSE | Costa Rica will ask its banks for time, the Costa Rican president said. | San Jose | San José | CR
SAN JOSE | The chip makers of California are hiring. | San Jose | California | US
SAN JOSE, Philippines | | San Jose | Mimaropa | PH
BIRMINGHAM | | Birmingham | England | GB
BIRMINGHAM, England | | Birmingham | England | GB
BIRMINGHAM, Ala. | | Birmingham | Alabama | US
BIRMINGHAM, Alabama | | Birmingham | Alabama | US
BIRMINGHAM | The governor of Alabama spoke; Alabama has had a dry spring. | Birmingham | Alabama | US
BIRMINGHAM | British car makers are hiring. | Birmingham | England | GB
BIRMINGHAM, Mich. | | Birmingham | Michigan | US
CAMBRIDGE, England | | Cambridge | England | GB
CAMBRIDGE, Mass. | | Cambridge | Massachusetts | US
CAMBRIDGE, Ontario | | Cambridge | Ontario | CA
CAMBRIDGE | Researchers at two universities in Massachusetts agree. | Cambridge | Massachusetts | US
CAMBRIDGE | The British government will pay; England has two such laboratories. | Cambridge | England | GB
OXFORD, Miss. | | Oxford | Mississippi | US
OXFORD, England | | Oxford | England | GB
OXFORD | The British Museum lent it. | Oxford | England | GB
BOSTON | | Boston | Massachusetts | US
BOSTON, England | | Boston | England | GB
MANCHESTER, England | | Manchester | England | GB
MANCHESTER, N.H. | | Manchester | New Hampshire | US
MANCHESTER | | Manchester | England | GB
PORTLAND, Ore. | | Portland | Oregon | US
PORTLAND, Maine | | Portland | Maine | US
PORTLAND | | Portland | Oregon | US
PORTLAND | Lobster boats all over Maine stayed in port; Maine has 5,000. | Portland | Maine | US
SPRINGFIELD, Ill. | | Springfield | Illinois | US
SPRINGFIELD, Mo. | | Springfield | Missouri | US
SPRINGFIELD, Mass. | | Springfield | Massachusetts | US
SPRINGFIELD, Ohio | | Springfield | Ohio | US
SPRINGFIELD, Oregon | | Springfield | Oregon | US
SPRINGFIELD | The legislature of Illinois adjourned. | Springfield | Illinois | US
SYDNEY | | Sydney | New South Wales | AU
SYDNEY, Australia | | Sydney | New South Wales | AU
SYDNEY, Nova Scotia | | Sydney | Nova Scotia | CA
SYDNEY, N.S. | | Sydney | Nova Scotia | CA
MELBOURNE, Australia | | Melbourne | Victoria | AU
MELBOURNE, Fla. | | Melbourne | Florida | US
PERTH, Australia | | Perth | Western Australia | AU
PERTH, Scotland | | Perth | Scotland | GB
NEWCASTLE, Australia | | Newcastle | New South Wales | AU
NEWCASTLE, South Africa | | Newcastle | KwaZulu-Natal | ZA
WELLINGTON | | Wellington | Wellington Region | NZ
WELLINGTON, South Africa | | Wellington | Western Cape | ZA
WELLINGTON, Fla. | | Wellington | Florida | US
HAMILTON, Ontario | | Hamilton | Ontario | CA
HAMILTON, New Zealand | | Hamilton | Waikato Region | NZ
HAMILTON, Ohio | | Hamilton | Ohio | US
HAMILTON, Scotland | | Hamilton | Scotland | GB
HAMILTON | The New Zealand dairy board met; New Zealand exports most of its butter. | Hamilton | Waikato Region | NZ
HALIFAX, Nova Scotia | | Halifax | Nova Scotia | CA
HALIFAX, England | | Halifax | England | GB
KINGSTON, Jamaica | | Kingston | Kingston | JM
KINGSTON, Ontario | | Kingston | Ontario | CA
KINGSTON, N.Y. | | Kingston | New York | US
KINGSTON | Jamaica's prime minister called an election. | Kingston | Kingston | JM
GEORGETOWN, Guyana | | Georgetown | Demerara-Mahaica | GY
GEORGETOWN, Texas | | Georgetown | Texas | US
GEORGETOWN | Guyana will nationalise the bauxite mine. | Georgetown | Demerara-Mahaica | GY
SANTIAGO, Chile | | Santiago | Santiago Metropolitan | CL
SANTIAGO, Dominican Republic | | Santiago de los Caballeros | Santiago Province | DO
SANTIAGO | | Santiago | Santiago Metropolitan | CL
CORDOBA, Argentina | | Cordoba | Cordoba | AR
CORDOBA, Spain | | Córdoba | Andalusia | ES
CORDOBA | The Spanish king opened the mosque's new museum; Spain paid. | Córdoba | Andalusia | ES
CORDOBA | Workers of the Argentine car factory struck; Argentina's president spoke. | Cordoba | Cordoba | AR
VALENCIA, Spain | | Valencia | Valencia | ES
VALENCIA, Venezuela | | Valencia | Carabobo | VE
VALENCIA | Venezuelan refineries closed, Venezuela's minister said. | Valencia | Carabobo | VE
MERIDA, Mexico | | Mérida | Yucatán | MX
MERIDA, Venezuela | | Mérida | Mérida | VE
MERIDA, Spain | | Mérida | Extremadura | ES
LEON, Mexico | | Leon | Guanajuato | MX
LEON, Nicaragua | | León | León Department | NI
LEON, Spain | | León | Castille and León | ES
TOLEDO, Ohio | | Toledo | Ohio | US
TOLEDO, Spain | | Toledo | Castille-La Mancha | ES
TOLEDO | Spanish archaeologists dug under the cathedral, the oldest in Spain. | Toledo | Castille-La Mancha | ES
CARTAGENA, Colombia | | Cartagena | Bolívar | CO
CARTAGENA, Spain | | Cartagena | Murcia | ES
BARCELONA, Spain | | Barcelona | Catalonia | ES
BARCELONA, Venezuela | | Barcelona | Anzoátegui | VE
LIMA | | Lima | Lima Province | PE
LIMA, Ohio | | Lima | Ohio | US
MOSCOW | | Moscow | Moscow | RU
MOSCOW, Idaho | | Moscow | Idaho | US
ST. PETERSBURG, Fla. | | St. Petersburg | Florida | US
ST. PETERSBURG, Russia | | St. Petersburg | St.-Petersburg | RU
BERLIN | | Berlin | State of Berlin | DE
BERLIN, N.H. | | Berlin | New Hampshire | US
FRANKFURT | | Frankfurt | Hesse | DE
FRANKFURT, Ky. | | Frankfort | Kentucky | US
HYDERABAD, India | | Hyderabad | Telangana | IN
HYDERABAD, Pakistan | | Hyderabad | Sindh | PK
HYDERABAD | Pakistani police fired on a crowd, Pakistan's minister said in Islamabad. | Hyderabad | Sindh | PK
HYDERABAD | | Hyderabad | Telangana | IN
ALEXANDRIA, Egypt | | Alexandria | Alexandria | EG
ALEXANDRIA, Va. | | Alexandria | Virginia | US
ALEXANDRIA, La. | | Alexandria | Louisiana | US
ALEXANDRIA | | Alexandria | Alexandria | EG
MEMPHIS, Tenn. | | Memphis | Tennessee | US
CAIRO | | Cairo | Cairo | EG
CAIRO, Ga. | | Cairo | Georgia | US
DELHI, N.Y. | | Delhi | New York | US
NEW DELHI | | New Delhi | Delhi | IN
PEKING | | Beijing | Beijing | CN
CANTON, Ohio | | Canton | Ohio | US
CANTON, China | | Guangzhou | Guangdong | CN
BOMBAY | | Mumbai | Maharashtra | IN
CALCUTTA | | Kolkata | West Bengal | IN
MADRAS, India | | Chennai | Tamil Nadu | IN
MADRAS, Ore. | | Madras | Oregon | US
SAIGON | | Ho Chi Minh City | Ho Chi Minh | VN
RANGOON | | Yangon | Yangon | MM
RANGOON, Burma | | Yangon | Yangon | BU
LENINGRAD, Soviet Union | | St. Petersburg | St.-Petersburg | SU
KIEV, U.S.S.R. | | Kyiv | Kyiv City | SU
WEST BERLIN | | West Berlin | State of Berlin | DE
DRESDEN, East Germany | | Dresden | Saxony | DD
SARAJEVO, Yugoslavia | | Sarajevo | Federation of B&H | YU
BRATISLAVA, Czechoslovakia | | Bratislava | Bratislava Region | CS
VICTORIA, British Columbia | | Victoria | British Columbia | CA
VICTORIA, Seychelles | | Victoria | La Rivière Anglaise | SC
VICTORIA, Texas | | Victoria | Texas | US
VANCOUVER, Wash. | | Vancouver | Washington | US
VANCOUVER | | Vancouver | British Columbia | CA
WASHINGTON | | Washington | District of Columbia | US
WASHINGTON, England | | Washington | England | GB
WASHINGTON, Pa. | | Washington | Pennsylvania | US
NEW YORK | | New York | New York | US
ST. JOHN'S, Newfoundland | | St. John's | Newfoundland and Labrador | CA
ST. JOHN'S, Antigua and Barbuda | | Saint John’s | Saint John Parish | AG
RICHMOND, Va. | | Richmond | Virginia | US
RICHMOND, British Columbia | | Richmond | British Columbia | CA
RICHMOND, Calif. | | Richmond | California | US
COLUMBUS, Ohio | | Columbus | Ohio | US
COLUMBUS, Georgia | | Columbus | Georgia | US
KANSAS CITY, Mo. | | Kansas City | Missouri | US
KANSAS CITY, Kan. | | Kansas City | Kansas | US
CHARLESTON, S.C. | | Charleston | South Carolina | US
CHARLESTON, W.Va. | | Charleston | West Virginia | US
"""


def _cases() -> list[tuple[str, str, tuple[str | None, str | None, str | None]]]:
    cases = []
    for line in _NAMESAKES.strip().splitlines():
        printed, text, *meant = (part.strip() for part in line.split("|"))
        city, region, code = (None if part == "None" else part for part in meant)
        cases.append((printed, text, (city, region, code)))
    return cases


@pytest.mark.parametrize(("printed", "text", "meant"), _cases())
def test_a_name_that_places_share_means_the_one_that_the_story_says(
    printed: str, text: str, meant: tuple[str | None, str | None, str | None]
) -> None:
    place = resolve(printed, [text])
    assert (place.city, place.region, place.code) == meant
    assert place.confidence is not None
    assert 0.5 <= place.confidence <= 1


def test_there_are_a_hundred_and_fifty_cases_and_more() -> None:
    assert len(_cases()) == len({(printed, text) for printed, text, _ in _cases()}) >= 150


def test_a_place_gets_its_coordinates() -> None:
    place = resolve("DAMASCUS, Syria", [])
    assert place == Place("Damascus", "Dimashq", "Syria", "SY", 33.5102, 36.2913, 1.0)


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("AL-OMAR OIL FIELD BASE, Syria", Place("Al-Omar Oil Field Base", None, "Syria", "SY")),
        ("ZZYZX JUNCTION", Place("Zzyzx Junction")),
        ("LONDON/PARIS", Place("London/Paris")),
        ("ABOARD THE USS NIMITZ", Place("Aboard the USS Nimitz")),
        ("UNITED NATIONS", Place("United Nations")),
        ("", Place()),
    ],
)
def test_what_cannot_be_resolved_is_kept_as_it_was_printed(printed: str, kept: Place) -> None:
    assert resolve(printed, ["The fighting went on."]) == kept


def test_towns_of_one_name_and_size_in_one_country_leave_only_the_country() -> None:
    place = resolve("SPRINGFIELD", ["It rained."])
    assert (place.city, place.region, place.code, place.latitude) == ("Springfield", None, "US", None)


def test_a_country_alone_is_certain_and_has_no_coordinates() -> None:
    assert resolve("KUWAIT", []) == Place(country="Kuwait", code="KW", confidence=1.0)


def test_the_better_the_evidence_the_higher_is_the_confidence() -> None:
    texts = ("", "Alabama is dry.", "Alabama is dry. The governor of Alabama spoke. Alabama's farmers wait.")
    unsure, hinted, told = (resolve("BIRMINGHAM", [text]) for text in texts)
    printed = resolve("BIRMINGHAM, Ala.", [])
    assert (unsure.code, told.region, printed.region) == ("GB", "Alabama", "Alabama")
    assert None not in (hinted.confidence, told.confidence, printed.confidence)
    assert hinted.confidence < told.confidence < printed.confidence  # type: ignore[operator]


def test_a_headline_in_capitals_speaks_of_countries_too() -> None:
    assert resolve("SAN JOSE", ["COSTA RICAN CENTRAL BANK CHIEF RESIGNS; COSTA RICA WAITS"]).code == "CR"


def test_latin_america_is_not_the_united_states() -> None:
    story = "Latin America and Costa Rica agree. Central America will follow."
    assert resolve("SAN JOSE", [story]).code == "CR"


@pytest.mark.parametrize("odd", ["||||", ",,,", "A" * 5000, "\x00", "Paris, " * 50, "‮", "St. , St."])
def test_any_text_is_taken_for_a_place_and_none_raises(odd: str) -> None:
    place = resolve(odd, [odd])
    assert place.confidence is None or 0 <= place.confidence <= 1
