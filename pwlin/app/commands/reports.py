"""Which report a number of variables calls for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pwlin.networks.network import Network


@dataclass(frozen=True)
class Report:
    """The parts of a report: what it needs to know, what it prints, and which files it makes.

    Attributes
    ----------
    findings : function of network, domain (pairs), target or None, run or None, settings
    summary_text : function of findings, the longest table, whether to list regions, whether to explain, the width
    file_names : function of a picture format
    files : function of findings and a picture format
    """

    findings: Callable[..., Any]
    summary_text: Callable[..., str]
    file_names: Callable[[str], list[str]]
    files: Callable[[Any, str], dict[str, Any]]


def report_on(variables: int) -> Report:
    """The report on networks of so many inputs."""
    if variables == 1:
        from pwlin.app.report.line import files, summary

        return Report(_line_findings, summary.summary_text, files.file_names, files.files)
    from pwlin.app.report.cells import files as cell_files
    from pwlin.app.report.cells import summary as cell_summary

    return Report(_cell_findings, cell_summary.summary_text, cell_files.file_names, cell_files.files)


def _line_findings(
    network: Network, domain: Sequence[Any], target: Any, run: Any, settings: tuple[tuple[str, str], ...]
) -> Any:
    from pwlin.app.report.line.findings import Findings
    from pwlin.extraction import extract_line

    function = extract_line(network, domain[0])[0]
    comparison = None if target is None else function.compare(target)
    return Findings(network, function, target, comparison, run, settings)


def _cell_findings(
    network: Network, domain: Sequence[Any], target: Any, run: Any, settings: tuple[tuple[str, str], ...]
) -> Any:
    from pwlin.app.report.cells.findings import Findings
    from pwlin.extraction import extract

    return Findings(network, extract(network, list(domain)), target, run, settings)
