from __future__ import annotations

import pytest

from tests.unit.sources.html.pages import shown
from tore_export.sources.html.pieces import end_of, pieces_of

LONG = "word " * 20


@pytest.mark.parametrize(
    "furniture",
    [
        "<nav>x</nav>",
        "<div role=navigation>x<div>y</div></div>",
        "<div role=dialog>x</div>",
        "<div class='a navheader'>x</div>",
        "<ul class='docnav top'><li>x</ul>",
        "<aside class=side-menu>x</aside>",
        "<aside id=toc>x</aside>",
        "<div id=cookie-banner>x</div>",
        "<div class='cookieConsent'>x</div>",
        "<p hidden>x</p>",
        "<div style='color: red; display : none'>x</div>",
        "<span style='visibility:hidden'>x</span>",
        "<a class=headerlink href=b>x</a>",
        "<i aria-hidden=true>x</i>",
        "<template>x</template>",
        "<noscript>x</noscript>",
        "<select><option>x</select>",
        "<button>x</button>",
        "<textarea><p>x</textarea>",
        "<dialog>x</dialog>",
        "<iframe><p>x</iframe>",
        "<svg><style>a&lt;b</style><text>x</text></svg>",
    ],
)
def test_what_is_hidden_or_furniture_is_left_out(furniture: str) -> None:
    assert shown(f"<p>a</p>{furniture}<p>b</p>") == [("PARAGRAPH", "a"), ("PARAGRAPH", "b")]


@pytest.mark.parametrize(
    "content",
    [
        "<aside>x</aside>",
        "<aside class=note>x</aside>",
        "<div class='sidebar'>x</div>",
        "<div aria-hidden=true>x</div>",
        "<div class=navigation-guide>x</div>",
        "<div hidden=until-found>x</div>",
        "<p style='display: block'>x</p>",
        "<p class=cookies>x</p>",
        "<dialog open>x</dialog>",
        "<div role=note>x</div>",
    ],
)
def test_in_doubt_it_is_content(content: str) -> None:
    assert shown(f"<p>a</p>{content}")[1] == ("PARAGRAPH", "x")


@pytest.mark.parametrize("tag", ["main", "article", "div role=main"])
def test_the_main_part_is_all_if_it_holds_most_of_the_text(tag: str) -> None:
    name = tag.split(maxsplit=1)[0]
    html = f"<body>menu<{tag}><h1>a</h1><p>{LONG}</{name}>more<script>{LONG * 9}</script>"
    assert shown(html) == [("TITLE", "a"), ("PARAGRAPH", LONG.strip())]


def test_the_page_s_title_before_the_main_part_is_kept() -> None:
    assert shown(f"<h1>a</h1>menu<main>{LONG}</main>") == [
        ("TITLE", "a"),
        ("PARAGRAPH", LONG.strip()),
    ]


@pytest.mark.parametrize(
    "html",
    [
        f"<p>{LONG}<main>a</main>",
        f"<article>{LONG}</article><article>{LONG}</article>",
        f"<p>{LONG}<p>a",
    ],
)
def test_without_one_main_part_the_whole_page_is_the_content(html: str) -> None:
    assert len(shown(html)) == 2


def test_the_end_of_an_element_is_found_past_those_of_its_name() -> None:
    pieces = pieces_of("<p>a<p b>c</p><pre>d</pre></p>e")
    assert end_of(pieces, 1, "p") == 6
    assert end_of(pieces, 2, "p") == 3


def test_an_element_without_an_end_ends_with_the_page() -> None:
    assert end_of(pieces_of("<p>a<b>c"), 1, "p") == 2
    assert end_of(pieces_of("<!-- a <b"), 1, "!--") == 2
