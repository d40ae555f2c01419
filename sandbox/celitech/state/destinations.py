"""Where Celitech sells eSIMs here: countries, and regions of several countries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

COUNTRIES: Final = """\
ALB AL 2 Albania
ARE AE 2 United Arab Emirates
ARG AR 3 Argentina
AUS AU 1 Australia
AUT AT 1 Austria
BEL BE 1 Belgium
BGR BG 1 Bulgaria
BRA BR 2 Brazil
CAN CA 1 Canada
CHE CH 1 Switzerland
CHL CL 3 Chile
CHN CN 2 China
CIV CI 3 Côte d'Ivoire
COD CD 3 Democratic Republic of the Congo
COL CO 3 Colombia
CYP CY 1 Cyprus
CZE CZ 1 Czech Republic
DEU DE 1 Germany
DNK DK 1 Denmark
EGY EG 2 Egypt
ESP ES 1 Spain
EST EE 1 Estonia
FIN FI 1 Finland
FRA FR 1 France
GBR GB 1 United Kingdom
GEO GE 2 Georgia
GRC GR 1 Greece
HKG HK 1 Hong Kong
HRV HR 1 Croatia
HUN HU 1 Hungary
IDN ID 2 Indonesia
IND IN 2 India
IRL IE 1 Ireland
ISL IS 1 Iceland
ISR IL 2 Israel
ITA IT 1 Italy
JPN JP 1 Japan
KEN KE 3 Kenya
KOR KR 1 South Korea
LIE LI 1 Liechtenstein
LTU LT 1 Lithuania
LUX LU 1 Luxembourg
LVA LV 1 Latvia
MAR MA 2 Morocco
MEX MX 2 Mexico
MLT MT 1 Malta
MYS MY 2 Malaysia
NER NE 3 Niger
NGA NG 3 Nigeria
NLD NL 1 Netherlands
NOR NO 1 Norway
NZL NZ 1 New Zealand
PER PE 3 Peru
PHL PH 2 Philippines
POL PL 1 Poland
PRT PT 1 Portugal
PSE PS 3 Palestinian Territory
ROU RO 1 Romania
SGP SG 1 Singapore
SRB RS 2 Serbia
SVK SK 1 Slovakia
SVN SI 1 Slovenia
SWE SE 1 Sweden
THA TH 2 Thailand
TUN TN 3 Tunisia
TUR TR 2 Turkey
TWN TW 1 Taiwan
UKR UA 2 Ukraine
USA US 1 United States
VNM VN 2 Vietnam
ZAF ZA 2 South Africa
"""
"""ISO 3166 alpha-3, alpha-2, what is sold there (1: most), and the name."""

REGIONS: Final = (
    ("EUR", "EU", 1, "Europe"),
    ("ASI", "AS", 2, "Asia"),
    ("NAM", "NA", 1, "North America"),
    ("LAM", "LA", 2, "Latin America"),
    ("AFR", "AF", 3, "Africa"),
    ("GLO", "GL", 2, "Global"),
)
_MEMBERS: Final = {
    "EUR": "AUT BEL BGR CHE CYP CZE DEU DNK ESP EST FIN FRA GBR GRC HRV HUN IRL ISL ITA LIE LTU"
    " LUX LVA MLT NLD NOR POL PRT ROU SVK SVN SWE",
    "ASI": "CHN HKG IDN IND JPN KOR MYS PHL SGP THA TWN VNM",
    "NAM": "CAN MEX USA",
    "LAM": "ARG BRA CHL COL MEX PER",
    "AFR": "CIV COD EGY KEN MAR NGA TUN ZAF",
}


@dataclass(frozen=True)
class Destination:
    """A country or region; `countries` are those that it covers, as ISO 3166 alpha-3."""

    name: str
    iso3: str
    iso2: str
    range: int
    """What is sold there: 1 everything, 2 and 3 less and dearer."""
    countries: tuple[str, ...]


def destinations() -> list[Destination]:
    """Return all of them: countries by name, then regions."""
    rows = [line.split(maxsplit=3) for line in COUNTRIES.splitlines()]
    every = tuple(row[0] for row in rows)
    countries = [
        Destination(name, iso3, iso2, int(kind), (iso3,)) for iso3, iso2, kind, name in rows
    ]
    regions = [
        Destination(name, iso3, iso2, kind, tuple(_MEMBERS.get(iso3, "").split()) or every)
        for iso3, iso2, kind, name in REGIONS
    ]
    return sorted(countries, key=lambda each: each.name) + regions
