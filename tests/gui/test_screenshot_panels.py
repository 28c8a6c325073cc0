"""Pictures of the window with a tab of the card below the network."""

from __future__ import annotations

import pytest

from bpviz.cli.window import PANELS
from bpviz.gui.bottom.tabs import TABS


def test_each_panel_is_a_tab_and_each_tab_a_panel() -> None:
    assert sorted(PANELS.values()) == sorted(tab.name for tab in TABS)


def test_the_finding_is_drawn(tmp_path, qtbot) -> None:
    from bpviz.experiments.gallery import gallery_experiment
    from bpviz.gui.screenshot import screenshot

    out = tmp_path / "out.png"
    screenshot(gallery_experiment("xor-skip"), out, 2, tab=PANELS["finding"])
    assert out.stat().st_size > 10_000


@pytest.mark.parametrize("panel", ["explain", "landscape", "check"])
def test_a_panel_is_drawn_with_what_it_computes(panel: str, tmp_path, monkeypatch, qtbot) -> None:
    from bpviz.experiments.gallery import gallery_experiment
    from bpviz.gui import screenshot
    from bpviz.gui.main_window import MainWindow

    seen: list[str] = []
    turn = screenshot._turn_to

    def look(window: MainWindow, tab: str, parameter: str | None) -> None:
        turn(window, tab, parameter)
        seen.append(tab)
        if panel == "explain":
            assert "0.082167041" in window.explain.formula.text()
        elif panel == "landscape":
            assert window.bottom.page.landscape is not None
        else:
            assert "agree" in window.bottom.page.sentence.text()

    monkeypatch.setattr(screenshot, "_turn_to", look)
    experiment = gallery_experiment("worked-2-2-2")
    out = tmp_path / "out.png"
    screenshot.screenshot(experiment, out, 0, tab=PANELS[panel], parameter="w5")
    assert seen == [PANELS[panel]]
    assert out.stat().st_size > 10_000
