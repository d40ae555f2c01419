"""Rich text, and what is made of cells and numbers: tables and charts."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from sandbox.blockkit.objects import (
    Id,
    Number,
    Words,
    between,
    different,
    many,
    one_of,
    part,
    up_to,
)
from sandbox.blockkit.problems import wrong

LOOKS = "bold italic strike underline code highlight client_highlight unlink"
STYLE = {"style": part("", **dict.fromkeys(LOOKS.split(), bool))}
ATTACHED = "text app_id entity_id icon_url channel_id ts icon_name reference_object_type"
ATTACHMENT = {**dict.fromkeys(ATTACHED.split(), str), "full_size_preview_enabled": bool}
DATE = {"timestamp": int, "format": Words}
Piece = one_of(
    part("text", {"text": Words}, **STYLE),
    part("link", {"url": Words}, text=str, unsafe=bool, **STYLE),
    part("emoji", {"name": Words}, skin_tone=between(1, 6), unicode=str, **STYLE),
    part("user", {"user_id": Words}, **STYLE),
    part("channel", {"channel_id": Words}, **STYLE),
    part("usergroup", {"usergroup_id": Words}, **STYLE),
    part("team", {"team_id": Words}, **STYLE),
    part("broadcast", {"range": Literal["here", "channel", "everyone"]}, **STYLE),
    part("color", {"value": Words}, **STYLE),
    part("attachment_mention", {"url": Words}, **ATTACHMENT),
    part("date", DATE, url=Words, fallback=str, **STYLE),
)
PIECES = {"elements": many(Piece, least=0)}
BORDER = {"border": between(0, 1)}
Section = part("rich_text_section", PIECES)
ITEMS = {"style": Literal["bullet", "ordered"], "elements": many(Section, least=0)}
Paragraph = one_of(
    Section,
    part("rich_text_quote", PIECES, **BORDER),
    part("rich_text_preformatted", PIECES, language=Words, **BORDER),
    part("rich_text_list", ITEMS, indent=between(0, 8), offset=between(0), **BORDER),
)
RichText = part("rich_text", {"elements": many(Paragraph, least=0)}, block_id=Id)


def _even(table: Any) -> None:
    """Every row has as many cells as the first."""
    for place, row in enumerate(table.rows):
        if len(row) != len(table.rows[0]):
            raise wrong("all rows must have the same number of cells", f"/rows/{place}")


def _headed(table: Any) -> None:
    """The first row is a header, and the column that names the rows exists."""
    for column, cell in enumerate(table.rows[0]):
        if cell.type == "rich_text":
            raise wrong("must not be rich_text in the header", f"/rows/0/{column}/type")
    if (table.row_header_column_index or 0) >= len(table.rows[0]):
        raise wrong("must be the index of a column", "/row_header_column_index")


Raw = part("raw_text", {"text": Words})
Row = many(one_of(Raw, part("raw_number", {"value": Number}, text=Words), RichText), 20)
Column = part("", align=Literal["left", "center", "right"], is_wrapped=bool)
COLUMNS = {"column_settings": many(Column | None, 20, least=0)}
Table = part("table", {"rows": many(Row, 100)}, _even, block_id=Id, **COLUMNS)
PAGES = {"page_size": between(1, 100), "row_header_column_index": between(0)}
ROWS = {"caption": Words, "rows": many(Row, 101, least=2)}
DataTable = part("data_table", ROWS, _even, _headed, block_id=Id, **PAGES)


def _on_its_axes(chart: Any) -> None:
    """Each series has values for the categories, and for nothing else."""
    for place, series in enumerate(chart.series):
        if {point.label for point in series.data} != set(chart.axis_config.categories):
            raise wrong("labels must be the categories", f"/series/{place}/data")


Name = up_to(20)
Segment = part("", {"label": Name, "value": Annotated[Number, Field(gt=0)]})
Point = part("", {"label": Name, "value": Number})
Series = part("", {"name": Name, "data": many(Point, 20)})
Axes = part("", {"categories": many(Name, 20)}, x_label=up_to(50), y_label=up_to(50))
LINES = {"series": many(Series, 6), "axis_config": Axes}
CHARTS = (
    part("pie", {"segments": many(Segment, 6)}),
    *(
        part(kind, LINES, different("series", "name"), _on_its_axes)
        for kind in ("area", "bar", "line")
    ),
)
Chart = part("data_visualization", {"title": up_to(50), "chart": one_of(*CHARTS)}, block_id=Id)
