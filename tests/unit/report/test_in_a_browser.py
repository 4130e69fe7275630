"""The report in Chromium: it shows what it should, by mouse and keyboard, and asks nobody for anything.

Needs Debian's packages `chromium` and `chromium-driver`; skipped where they are not.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.report.conftest import HOSTILE
from tore_export.results import RunSummary

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")

pytestmark = pytest.mark.skipif(
    CHROMIUM is None or DRIVER is None,
    reason="no Chromium: apt-get install chromium chromium-driver",
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    assert CHROMIUM is not None
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options, Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def page(chromium: Any, run: tuple[Path, RunSummary]) -> Any:
    chromium.get_log("browser")
    chromium.get_log("performance")
    look(chromium, 1_400, "light")
    chromium.get((run[0] / "report.html").as_uri())
    return chromium


def look(driver: Any, width: int, scheme: str) -> None:
    screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    features = [
        {"name": "prefers-color-scheme", "value": scheme},
        {"name": "prefers-reduced-motion", "value": "reduce"},  # a click waits for no scrolling
    ]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def press(driver: Any, key: str) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(driver).send_keys(key).perform()


def one(driver: Any, selector: str) -> Any:
    return driver.find_element("css selector", selector)


def every(driver: Any, selector: str) -> list[Any]:
    found: list[Any] = driver.find_elements("css selector", selector)
    return found


def chosen(driver: Any) -> int:
    """The place of the chosen sample in the list."""
    script = "return [...document.querySelectorAll('#sample-list li')].findIndex(" + (
        "(item) => item.getAttribute('aria-selected') === 'true')"
    )
    place: int = driver.execute_script(script)
    return place


def show(driver: Any, group: str) -> None:
    from selenium.webdriver.support.select import Select

    Select(one(driver, "#sample-group")).select_by_value(group)


def test_no_error_and_no_request_but_for_the_page_itself(page: Any) -> None:
    assert page.get_log("browser") == []
    events = [json.loads(entry["message"])["message"] for entry in page.get_log("performance")]
    asked = [
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    ]
    assert asked == [page.current_url]


def test_every_picture_is_drawn(page: Any) -> None:
    sizes = page.execute_script(
        "return [...document.querySelectorAll('svg')].map((svg) => {"
        " const box = svg.getBoundingClientRect(); return [box.width, box.height]; })"
    )
    assert len(sizes) > 20
    assert all(width > 5 and height > 5 for width, height in sizes)
    bars = page.execute_script(
        "return [...document.querySelectorAll('svg rect')].map((rect) =>"
        " [rect.getBoundingClientRect().width, rect.getBoundingClientRect().height,"
        "  getComputedStyle(rect).fill])"
    )
    assert all(width >= 1 and height >= 1 for width, height, _ in bars)
    assert not {fill for _, _, fill in bars} & {"rgb(0, 0, 0)", "none"}


@pytest.mark.parametrize("width", [1_400, 400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_the_screen_and_its_text_stands_out(page: Any, width: int, scheme: str) -> None:
    look(page, width, scheme)
    wide = page.execute_script("return document.documentElement.scrollWidth")
    assert wide <= page.execute_script("return document.documentElement.clientWidth") <= width
    weak = page.execute_script(CONTRAST)
    assert weak == []


# the contrast of each text with what lies below it, by WCAG 2's formula; 4.5 is its level AA
CONTRAST = """
const light = (color) => {
  const [r, g, b] = color.match(/[\\d.]+/g).map(Number).map((n) => n / 255)
    .map((n) => n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ground = (node) => {
  for (let at = node; at; at = at.parentElement) {
    const color = getComputedStyle(at).backgroundColor;
    if (color !== "rgba(0, 0, 0, 0)") return color;
  }
  return "rgb(255, 255, 255)";
};
const weak = [];
for (const node of document.querySelectorAll("body *:not(script):not(rect):not(line)")) {
  if (node.disabled) continue;
  if (![...node.childNodes].some((c) => c.nodeType === 3 && c.textContent.trim())) continue;
  const isDrawn = node instanceof SVGElement;
  if (isDrawn && node.tagName !== "text") continue;
  const style = getComputedStyle(node);
  const [a, b] = [light(isDrawn ? style.fill : style.color), light(ground(node))];
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < 4.5) weak.push([node.tagName, node.textContent.slice(0, 30), ratio]);
}
return weak;
"""


def test_the_switch_turns_light_to_dark_and_back(page: Any) -> None:
    def ground() -> str:
        color: str = page.execute_script("return getComputedStyle(document.body).backgroundColor")
        return color

    button, light = one(page, "#theme"), ground()
    assert button.text == "Dark"
    button.click()
    assert (button.text, ground() == light) == ("Light", False)
    button.click()
    assert (button.text, ground()) == ("Dark", light)


def test_samples_are_chosen_by_mouse(page: Any) -> None:
    items = every(page, "#sample-list li")
    assert len(items) > 20
    assert chosen(page) == 0
    items[3].click()
    assert chosen(page) == 3
    assert one(page, "#sample h3").text == items[3].find_elements("css selector", "span")[1].text
    one(page, "#sample-next").click()
    assert chosen(page) == 4
    one(page, "#sample-previous").click()
    one(page, "#sample-previous").click()
    assert chosen(page) == 2


def test_samples_are_chosen_by_keyboard_alone(page: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    page.execute_script("document.getElementById('sample-next').focus()")
    press(page, Keys.TAB)
    assert page.switch_to.active_element.get_attribute("id") == "sample-list"
    last = len(every(page, "#sample-list li")) - 1
    for key, place in [
        (Keys.ARROW_DOWN, 1),
        (Keys.ARROW_DOWN, 2),
        (Keys.ARROW_UP, 1),
        (Keys.PAGE_DOWN, 11),
        (Keys.END, last),
        (Keys.ARROW_DOWN, last),
        (Keys.HOME, 0),
        (Keys.PAGE_UP, 0),
    ]:
        press(page, key)
        assert chosen(page) == place
        item = every(page, "#sample-list li")[place]
        assert one(page, "#sample-list").get_attribute(
            "aria-activedescendant"
        ) == item.get_attribute("id")
        seen = page.execute_script(
            "const [item, list] = [...arguments].map((node) => node.getBoundingClientRect());"
            "return item.top >= list.top - 1 && item.bottom <= list.bottom + 2",
            item,
            one(page, "#sample-list"),
        )
        assert seen
    press(page, Keys.TAB)
    assert page.switch_to.active_element.get_attribute("id") == "sample"


def test_a_rule_leads_to_its_samples(page: Any) -> None:
    link = next(link for link in every(page, "#reasons a") if "filter_quality" in link.text)
    link.click()
    assert one(page, "#sample-group").get_attribute("value") == f"dropped:{link.text}"
    assert one(page, "#sample-count").text.startswith("2 of")
    assert "threshold" in one(page, "#sample .why").text


def test_what_failed_says_why_though_it_has_no_text(page: Any) -> None:
    show(page, "failed")
    assert one(page, "#sample h3").text == "broken <i>.json"
    assert "There is no text of this document." in one(page, "#sample").text
    assert one(page, "#sample .why").text


def test_a_search_looks_in_texts_and_names(page: Any) -> None:
    search, count = one(page, "#sample-search"), one(page, "#sample-count")
    search.send_keys("MENU-1")
    assert count.text.startswith("1 of")
    search.clear()
    search.send_keys("no such thing anywhere")
    assert count.text.startswith("0 of")
    assert one(page, "#sample").text == "No sample is like that."
    search.clear()
    search.send_keys("Report 7")
    assert every(page, "#sample-list li")[0].text.startswith("# Report 7")


def test_markup_and_script_of_a_document_are_shown_as_text(page: Any) -> None:
    one(page, "#sample-search").send_keys("document.title")
    shown = page.execute_script("return document.querySelector('#sample pre').textContent")
    assert "<script>document.title = 'taken'" in shown.replace("\\", "")
    assert one(page, "#sample dl").text.count('<svg onload="x">') == 1
    assert page.title == "Run report: Manuals"
    assert every(page, "#sample script, #sample img, #sample b, #sample style") == []
    assert HOSTILE.startswith("</script>")
    assert page.get_log("browser") == []
