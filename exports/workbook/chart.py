"""A native Excel chart from cells of a sheet."""

from dataclasses import dataclass
from typing import Any

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.label import DataLabel, DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RegularTextRun

from exports.workbook.styles import INK, RULE


@dataclass(frozen=True)
class Bars:
    """Stacked horizontal bars. The numbers stand in a table whose head row has the names of the series."""

    head_row: int
    last_row: int
    first_column: int  # of the names; the series follow to its right
    colors: tuple[str, ...]  # one per series
    unit: str
    most: int  # where the axis ends
    width: float  # cm
    height: float


def stacked_bars(sheet: Any, bars: Bars) -> BarChart:
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "stacked", 100, 45
    chart.title = None
    chart.width, chart.height = bars.width, bars.height  # type: ignore[assignment]  # the stubs say int; cm it is
    first, last = bars.first_column + 1, bars.first_column + len(bars.colors)
    data = Reference(sheet, min_col=first, max_col=last, min_row=bars.head_row, max_row=bars.last_row)
    chart.add_data(data, titles_from_data=True)
    names = Reference(sheet, min_col=bars.first_column, min_row=bars.head_row + 1, max_row=bars.last_row)
    chart.set_categories(names)
    for column, (series, color) in enumerate(zip(chart.series, bars.colors, strict=True), start=first):
        numbers = [sheet.cell(row, column).value for row in range(bars.head_row + 1, bars.last_row + 1)]
        zeros = [index for index, number in enumerate(numbers) if number == 0]
        series.graphicalProperties = GraphicalProperties(solidFill=color)
        series.graphicalProperties.line = LineProperties(solidFill="FFFFFF", w=9525)
        series.dLbls = _labels(zeros)
    _set_axes(chart, bars)
    chart.legend.position = "t"
    chart.legend.txPr = _text(1000)
    return chart


def _labels(zeros: list[int]) -> DataLabelList:
    """The number in every bar, but no 0 where there is no bar (not every program honours a number format there)."""
    silent = dict.fromkeys(("showSerName", "showCatName", "showLegendKey", "showPercent", "showBubbleSize"), False)
    labels = DataLabelList(showVal=True, txPr=_text(900), **silent)
    labels.dLbl = [DataLabel(idx=index, showVal=False, **silent) for index in zeros]
    return labels


def _set_axes(chart: BarChart, bars: Bars) -> None:
    chart.x_axis.scaling.orientation = "maxMin"  # the first stage at the top
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.x_axis.txPr = chart.y_axis.txPr = _text(1000)
    chart.x_axis.graphicalProperties = chart.y_axis.graphicalProperties = GraphicalProperties(
        ln=LineProperties(solidFill=RULE)
    )
    chart.y_axis.majorGridlines = ChartLines(spPr=GraphicalProperties(ln=LineProperties(solidFill=RULE)))
    chart.y_axis.number_format = "0"
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, bars.most
    chart.y_axis.title = _title(bars.unit)
    chart.y_axis.crosses = "max"  # with the order turned, this is below


def _title(text: str) -> Title:
    paragraph = Paragraph(
        pPr=ParagraphProperties(defRPr=_characters(1000)), r=[RegularTextRun(rPr=_characters(1000), t=text)]
    )
    return Title(tx=Text(rich=RichText(p=[paragraph])), overlay=False)


def _text(size: int) -> RichText:
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=_characters(size)), endParaRPr=_characters(size))])


def _characters(size: int) -> CharacterProperties:
    return CharacterProperties(sz=size, b=False, solidFill=INK)
