"""What readers move, moved: by keyboard, in light and dark, at the width of a phone."""

from __future__ import annotations

import json
import re
from itertools import product
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import axe
import pytest
from conftest import MODES, SITE

if TYPE_CHECKING:
    from pathlib import Path

PAGES = {
    "activations": "activations.html",
    "softmax": "activations.html",
    "backpropagation": "backpropagation.html",
    "convolution": "convolution.html",
    "ambiguous_images": "ambiguous_images.html",
}

# What is drawn by the script that lies lowest in the box, and the box itself.
HEIGHTS = """(box) => {
  const { top, height } = box.getBoundingClientRect();
  const low = Math.max(...[...box.children].map((c) => c.getBoundingClientRect().bottom));
  return [low - top, height, parseFloat(getComputedStyle(box).minHeight)];
}"""


@pytest.fixture
def opened(visit):
    """Return a function that opens the page of an explorable and finds its box."""

    def find(name: str, mode: str = "light", **options: Any):
        visited = visit(PAGES[name], mode, **options)
        box = visited.page.locator(f".explorable[data-explorable={name}]")
        box.scroll_into_view_if_needed()
        if options.get("java_script_enabled", True):  # else no section waits
            # What waits has no text, and what is laid out around it moves it out of sight.
            visited.page.wait_for_function("!document.documentElement.matches('.lazy')")
            box.scroll_into_view_if_needed()
        return visited, box

    return find


def said(box) -> str:
    return box.locator(".said").inner_text()


def move(box, label: str, value: float) -> None:
    """Put a slider to a value as the keyboard does, and tell the script."""
    slider = box.get_by_label(label, exact=True)
    slider.evaluate(
        "(s, v) => { s.value = v; s.dispatchEvent(new Event('input', { bubbles: true })) }",
        value,
    )


# Something to do with each: what a reader would do that changes most.
def stir(name: str, box) -> None:
    if name == "activations":
        box.get_by_label("function").select_option("hardshrink")
        move(box, "x", 0.5)
        box.get_by_label("weights").select_option("0")
        move(box, "layers", 60)
    elif name == "softmax":
        for label in ("logit a", "logit b"):
            move(box, label, -3.3)
        move(box, "temperature", -1.3)
    elif name == "backpropagation":
        box.get_by_label("expression").fill("(a*b + sin(c*a))/(1 + exp(-a*b*d)) + max(c*c, d)")
        box.get_by_role("button", name="End").click()
    elif name == "convolution":
        box.get_by_label("weight in row 2, column 2").fill("-1.75")
        box.get_by_label("operation").select_option("convolve")
    else:
        box.get_by_label("score").select_option("far_pair_confusion")
        box.get_by_role("button", name="After").click()


# What is drawn and what is written have the colours of the page.
COLOURS = """(box) => {
  const of = (element) => getComputedStyle(element);
  const text = box.querySelector("svg text");
  return [
    of(box.querySelector(".said")).color,
    of(document.querySelector("article section > p:not([class])")).color,
    text && of(text).fill,
  ];
}"""


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", PAGES)
def test_each_keeps_its_promises(opened, name: str, mode: str):
    """One visit looks at all of them: to open a chapter takes longer than to check them."""
    visited, box = opened(name, mode)
    page = visited.page
    before = said(box)

    # The room that is kept fits what is drawn, and stays the same when it is moved.
    for _ in range(2):
        low, height, kept = box.evaluate(HEIGHTS)
        assert height == pytest.approx(kept, abs=1), "taller than the room that was kept"
        # Enough for the widest of the letters that a machine may have; others leave some free.
        assert low > 0.8 * kept, "much more room than is used"
        stir(name, box)
        page.wait_for_timeout(150)
    assert box.evaluate("(box) => box.scrollWidth - box.clientWidth") <= 0
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    # It says what has changed, complains of nothing and asks nobody.
    assert said(box) != before
    assert visited.said == []
    assert {urlsplit(url).scheme for url in visited.asked} <= {"file", "data"}

    written, around, drawn = box.evaluate(COLOURS)
    assert written == around
    ink = "rgb(232, 232, 234)" if mode == "dark" else "rgb(27, 27, 31)"
    assert drawn in (None, ink)

    assert axe.part(page, f".explorable[data-explorable={name}]") == []


@pytest.mark.parametrize("name", PAGES)
class TestWithoutScripts:
    def test_a_figure_stands_in(self, opened, name: str):
        visited, box = opened(name, java_script_enabled=False)
        links = box.locator(".still a[href^='#fig-']")
        assert links.count() >= 1
        assert links.first.is_visible()
        for link in links.all():
            target = link.get_attribute("href")[1:]
            assert visited.page.locator(f"[id='{target}'] svg.figure").count() == 1
        # No empty room is kept for what cannot come.
        assert box.bounding_box()["height"] < 200


@pytest.mark.parametrize("name", PAGES)
class TestKeyboard:
    def test_every_control_is_reached_and_seen(self, opened, name: str):
        """Tab goes through the controls in the order of the page, each with a ring."""
        visited, box = opened(name)
        wanted = box.evaluate(
            """(box) => [...box.querySelectorAll("select, input, button, [tabindex='0']")]
            .map((control, k) => (control.dataset.k = k))"""
        )
        assert len(wanted) >= 4
        box.locator("[data-k='0']").focus()
        reached = []
        ring = "(c) => [c.dataset.k, getComputedStyle(c).outlineStyle]"
        for _ in wanted:
            k, outline = visited.page.evaluate(f"({ring})(document.activeElement)")
            reached.append(int(k))
            assert outline != "none" or k == "0"  # focus by script shows no ring
            visited.page.keyboard.press("Tab")
        assert reached == wanted
        names = box.evaluate(
            """(box) => [...box.querySelectorAll("select, input")]
            .filter((c) => !c.labels.length && !c.getAttribute("aria-label")).length"""
        )
        assert names == 0


class TestActivations:
    def test_arrow_keys_move_along_the_curve(self, opened):
        visited, box = opened("activations")
        box.get_by_label("function").select_option("relu")
        slider = box.get_by_label("x", exact=True)
        slider.focus()
        for _ in range(21):
            visited.page.keyboard.press("ArrowLeft")
        assert slider.get_attribute("aria-valuetext") == "−0.05"
        assert "relu at x = −0.05: value 0, slope 0," in said(box)
        visited.page.keyboard.press("ArrowRight")
        assert "slope 1, second derivative 0 (from the right; there slope jumps)" in said(box)

    def test_depth_is_told(self, opened):
        _, box = opened("activations")
        move(box, "layers", 20)
        box.get_by_label("weights").select_option("0")
        box.get_by_label("function").select_option("exponential")
        assert "in the next one the signal is too large for single precision" in said(box)


class TestBackpropagation:
    def test_steps_forwards_and_backwards(self, opened):
        visited, box = opened("backpropagation")
        assert said(box).startswith("The point is given: x1 = 2, x2 = −1, x3 = 0.5.")
        following = box.get_by_role("button", name="Next")
        following.focus()
        visited.page.keyboard.press("Enter")
        assert said(box) == "Forwards: v1 = 5*x2 = −5."
        for _ in range(5):
            visited.page.keyboard.press("Enter")
        assert said(box) == "Backwards: the adjoint of z is ∂z/∂z = 1."
        visited.page.keyboard.press("Enter")
        assert said(box) == (
            "Backwards from z to v2: the adjoint of z, 1, times ∂z/∂v2 = 1 gives 1."
        )
        box.get_by_role("button", name="End").click()
        assert said(box).endswith("The gradient: ∂z/∂x1 = 1, ∂z/∂x2 = 5, ∂z/∂x3 = −3.")

    def test_own_expression_and_its_faults(self, opened):
        _, box = opened("backpropagation")
        expression = box.get_by_label("expression")
        expression.fill("x*y + )")
        fault = box.get_by_role("alert")
        assert fault.locator("pre").inner_text() == "x*y + )\n      ^"
        assert fault.locator("p").inner_text() == 'expected a number, a name or "(" here'
        expression.fill("gelu(x)")
        assert "the package knows" in fault.inner_text()
        expression.fill("3*4")
        assert "there is no variable" in fault.inner_text()
        expression.fill("x/y")
        assert fault.is_hidden()
        box.get_by_label("y =", exact=True).fill("0")
        assert "1/0: the divisor must not be 0" in fault.inner_text()
        box.get_by_label("y =", exact=True).fill("4")
        box.get_by_role("button", name="End").click()
        assert said(box).endswith("The gradient: ∂z/∂x = 0.25, ∂z/∂y = −0.0625.")

    def test_wrong_numbers_are_quoted_and_what_was_there_stays(self, opened):
        _, box = opened("backpropagation")
        box.get_by_label("expression").fill("x/y")
        field, fault = box.get_by_label("y =", exact=True), box.get_by_role("alert")
        for wrong, said_of_it in {
            "abc": "y: “abc” is no number: write one such as 0.5, −2, 1e-3 or 1/9",
            "0,5": "y: “0,5” is no number here: write 0.5",
            "1e999": "y: “1e999” is too large for double precision: write a smaller number",
            "": "y: nothing is written: write a number such as 0.5, −2, 1e-3 or 1/9",
        }.items():
            field.fill("4")
            field.fill("")
            field.press_sequentially(wrong)
            assert fault.locator("p").inner_text() == said_of_it
            assert fault.locator("pre").inner_text() == "x/y\n  ^"
            assert field.get_attribute("aria-invalid") == "true"
            assert box.get_by_role("button", name="Next").is_disabled()
            assert box.locator(".stale rect").count() == 3
        field.fill("−1/8")  # a true minus, and a fraction
        assert fault.is_hidden()
        box.get_by_role("button", name="End").click()
        assert said(box).endswith("The gradient: ∂z/∂x = −8, ∂z/∂y = −64.")

    def test_a_number_hides_no_fault_of_the_expression(self, opened):
        """And what was written for a variable is there again when the variable is."""
        _, box = opened("backpropagation")
        expression, fault = box.get_by_label("expression"), box.get_by_role("alert")
        expression.fill("x + y")
        expression.fill("x +* y")
        box.get_by_label("y =", exact=True).fill("7")
        assert 'expected a number, a name or "("' in fault.inner_text()
        expression.fill("x")
        expression.fill("x*y")
        assert said(box).startswith("The point is given: x = 1, y = 7.")

    def test_what_does_not_fit_is_counted(self, opened):
        _, box = opened("backpropagation")
        expression, fault = box.get_by_label("expression"), box.get_by_role("alert")
        expression.fill("+".join(["x"] * 60))
        assert "60 nodes, of which this is number 41, cannot be drawn" in fault.inner_text()
        assert fault.locator("pre").inner_text().count("^") == 1
        expression.fill("x" * 500)
        assert "a name of 500 letters does not fit" in fault.inner_text()
        expression.fill("softmax(x)")
        assert "there are exp, expm1, log" in fault.inner_text()
        for name in ("__proto__", "hasOwnProperty"):  # variables like any other
            expression.fill(f"2*{name}")
            assert said(box).startswith(f"The point is given: {name} = 1.")

    def test_examples_are_computed_as_the_figures_say(self, opened):
        _, box = opened("backpropagation")
        box.get_by_label("example").select_option(index=3)
        box.get_by_role("button", name="End").click()
        assert "The gradient: ∂z/∂x = −0.134471, ∂z/∂y = 0.537883." in said(box)


class TestConvolution:
    def weights(self, box) -> list[str]:
        return [cell.input_value() for cell in box.locator(".grid input").all()]

    def test_editing_a_weight_loses_the_name(self, opened):
        visited, box = opened("convolution")
        assert said(box).endswith("the Sobel kernel.")
        box.get_by_label("weight in row 1, column 1").focus()
        visited.page.keyboard.press("ArrowUp")
        assert said(box).startswith("Not a kernel of the gallery: weights of both signs")
        assert box.get_by_label("kernel", exact=True).input_value() == ""

    def test_convolution_turns_the_kernel(self, opened):
        _, box = opened("convolution")
        box.get_by_label("kernel", exact=True).select_option("shift_left")
        assert said(box).startswith("Shifts the image one pixel to the left")
        box.get_by_label("operation").select_option("convolve")
        assert "Shifts the image one pixel to the right" in said(box)

    def test_buttons(self, opened):
        _, box = opened("convolution")
        box.get_by_role("button", name="Turn").click()
        assert self.weights(box) == ["1", "2", "1", "0", "0", "0", "-1", "-2", "-1"]
        box.get_by_role("button", name="Change sign").click()
        assert self.weights(box)[:3] == ["-1", "-2", "-1"]
        box.get_by_label("kernel", exact=True).select_option("laplacian_4")
        box.get_by_label("weight in row 2, column 2").fill("4")
        box.get_by_role("button", name="Divide by sum").click()
        assert self.weights(box)[4] == "0.5"

    def test_wrong_weights_are_quoted_and_nothing_is_lost(self, opened):
        visited, box = opened("convolution")
        cell, fault = box.get_by_label("weight in row 2, column 2"), box.get_by_role("alert")
        like = "write one such as 0.5, −2, 1e-3 or 1/9."
        where = "Weight in row 2, column 2: "
        for wrong, said_of_it in {
            "abc": f"“abc” is no number: {like}",
            "0,5": "“0,5” is no number here: write 0.5.",
            "1/0": "“1/0” divides by 0: write another number below the line.",
            "1e308": "“1e308” is out of range: write a number from −1·10⁶ to 1·10⁶.",
            "": f"nothing is written: {like.replace('one', 'a number')}",
        }.items():
            cell.fill("1")
            cell.fill("")
            cell.press_sequentially(wrong)
            assert fault.inner_text() == where + said_of_it
            # A button would overwrite what is typed, another cell does not mend it.
            box.get_by_role("button", name="Turn").click()
            box.get_by_label("weight in row 1, column 1").fill("-1")
            box.get_by_label("operation").select_option("convolve")
            assert fault.inner_text() == where + said_of_it
            assert cell.input_value() == wrong
            assert cell.get_attribute("aria-invalid") == "true"
        box.get_by_label("operation").select_option("correlate")
        for row, column in product((1, 2, 3), repeat=2):
            field = box.get_by_label(f"weight in row {row}, column {column}")
            field.fill("")
            field.press_sequentially("1/9" if row != column else "−1/9")
        assert said(box).startswith("Not a kernel of the gallery: weights of both signs")
        assert "Sum of the weights 0.3333;" in box.locator(".facts").inner_text()
        assert visited.said == []

    def test_weights_that_cancel_keep_their_name(self, opened):
        _, box = opened("convolution")
        box.get_by_role("button", name="Divide by sum").click()
        assert box.get_by_role("alert").inner_text() == (
            "The weights sum to 0, by which they cannot be divided: change one first."
        )
        assert box.get_by_label("kernel", exact=True).input_value() == "sobel_x"

    def test_picture_changes_and_own_picture_is_taken(self, opened, tmp_path: Path):
        from PIL import Image

        visited, box = opened("convolution")
        pixels = "(c) => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]"
        after = box.locator("canvas").nth(1)
        first = after.evaluate(pixels)
        assert len(set(first)) > 50
        box.get_by_label("kernel", exact=True).select_option("box")
        assert after.evaluate(pixels) != first
        own = tmp_path / "own.png"
        Image.new("L", (20, 10), 200).save(own)
        box.get_by_label("your own picture").set_input_files(own)
        visited.page.wait_for_timeout(200)
        assert "before: own.png" in box.inner_text()
        assert set(after.evaluate(pixels)) == {200, 255}  # a constant stays what it is
        assert {urlsplit(url).scheme for url in visited.asked} <= {"file", "data", "blob"}
        broken = tmp_path / "broken.png"
        broken.write_text("no picture")
        box.get_by_label("your own picture").set_input_files(broken)
        visited.page.wait_for_timeout(200)
        assert box.get_by_role("alert").inner_text() == (
            "“broken.png” cannot be read as a picture: choose a PNG, JPEG, GIF, WebP or SVG. "
            "The picture from before is still there."
        )
        assert said(box).startswith("Blurs")
        assert "before: own.png" in box.inner_text()

    def test_pictures_of_every_kind(self, opened, tmp_path: Path):
        from PIL import Image

        visited, box = opened("convolution")
        before = box.locator("canvas").first
        made = {
            "glass.png": Image.new("RGBA", (60, 40), (255, 0, 0, 0)),
            "point.png": Image.new("L", (1, 1), 128),
            "line.png": Image.new("RGB", (3000, 2), (9, 9, 9)),
            f"{'long_name_' * 20}.png": Image.new("L", (5, 5), 7),
        }
        for name, picture in made.items():
            picture.save(tmp_path / name)
        (tmp_path / "unsized.svg").write_text(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 5 5"><circle r="9"/></svg>'
        )
        pixel = (
            "(c) => [c.width, c.height, c.getContext('2d').getImageData(0, 0, 1, 1).data[0]]"
        )
        seen = {}
        for file in tmp_path.iterdir():
            box.get_by_label("your own picture").set_input_files(file)
            visited.page.wait_for_timeout(250)
            seen[file.name[:9]] = before.evaluate(pixel)
        assert seen["glass.png"] == [60, 40, 255]  # on white, not on black
        assert seen["point.png"] == [1, 1, 128]
        assert seen["line.png"] == [160, 1, 9]
        assert seen["long_name"] == [5, 5, 7]
        assert seen["unsized.s"][2] == 0
        assert box.get_by_role("alert").count() == 0
        assert box.evaluate("(box) => box.scrollWidth - box.clientWidth") <= 0
        caption = "(c) => c.nextElementSibling.getBoundingClientRect().height"
        assert before.evaluate(caption) < 60


class TestSoftmax:
    def test_ties_and_limits(self, opened):
        _, box = opened("softmax")
        assert "0.665, 0.245, 0.090" in said(box)
        assert "Towards temperature 0 all of it goes to a," in said(box)
        move(box, "logit b", 2)
        assert "goes to a and b in equal parts" in said(box)
        move(box, "logit c", 2)
        assert "With equal logits no temperature changes that." in said(box)
        assert "100 % of what is possible" in said(box)
        assert box.locator("tbody tr").first.locator("td").all_inner_texts() == [
            "0.22",
            "−0.11",
            "−0.11",
        ]


class TestEnsemble:
    def test_ranking_is_walked(self, opened):
        visited, box = opened("ambiguous_images")
        data = json.loads(box.locator("script").inner_text())
        values = {name: values for name, _, _, values in data["scores"]}
        box.get_by_label("score").select_option("margin")
        order = sorted(range(144), key=lambda k: (values["margin"][k], k))
        for place in (0, 1):
            title, file, _ = data["photographs"][order[place]]
            assert said(box).startswith(f"Rank {place + 1} of 144 by margin, smallest first")
            assert f"{title}, with" in said(box)
            photo = box.locator("img")
            assert photo.get_attribute("src").endswith(file)
            visited.page.wait_for_timeout(200)
            assert photo.evaluate("(image) => image.naturalWidth") == 128
            box.get_by_role("button", name="After").click()
        box.locator("circle.point").nth(5).click(force=True)
        assert data["photographs"][5][0] in said(box)

    def test_only_the_photographs_that_are_seen_are_loaded(self, opened):
        visited, box = opened("ambiguous_images")
        loaded = [u for u in visited.asked if re.search(r"explorables/ambiguous_images/", u)]
        assert len(loaded) == 1
        box.get_by_role("button", name="After").click()
        visited.page.wait_for_timeout(150)
        loaded = [u for u in visited.asked if re.search(r"explorables/ambiguous_images/", u)]
        assert len(loaded) == 2


def test_no_page_is_forgotten():
    found = {
        name: file.name
        for file in SITE.glob("*.html")
        for name in re.findall(r'data-explorable="(\w+)"', file.read_text("utf-8"))
    }
    assert found == PAGES
