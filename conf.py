"""Settings of the Sphinx build. Logic lives in dlnotes.bookkit; this file only chooses."""

import os
from pathlib import Path

import dlnotes
from dlnotes.bookkit.building import execution_cache, execution_digest

ROOT = Path(__file__).parent

project = "Deep Learning: Theoretical Aspects"
author = "The makers of Deep Learning: Theoretical Aspects"
copyright = "2026, the makers of this book. Text CC BY 4.0, code MIT"
version = release = dlnotes.__version__
language = "en_GB"
# What the PDFs say of themselves.
bookkit_subject = "The theory of deep learning, with its mathematics checked by machine"
bookkit_keywords = "deep learning, activation functions, back-propagation, convolution"
today_fmt = "%-d %B %Y"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "numpydoc",
    "sphinx_proof",
    "sphinx_exercise",
    "sphinxcontrib.bibtex",
    "sphinx_copybutton",
    "dlnotes.bookkit",
]
root_doc = "index"
exclude_patterns = ["LICENSE*", "**/.ipynb_checkpoints"]
templates_path = ["book/templates"]

# Numbers: figures, theorems, exercises and equations carry the number of their chapter.
numfig = True
numfig_secnum_depth = 1
math_numfig = True
math_eqref_format = "({number})"
numfig_format = {"figure": "Figure %s", "table": "Table %s", "code-block": "Listing %s"}

# Chapters.
myst_enable_extensions = ["dollarmath", "colon_fence", "deflist", "attrs_inline", "attrs_block"]
myst_dmath_double_inline = False
myst_heading_anchors = 3

# Cells: executed in every build whose inputs changed; any error or message on stderr is fatal.
nb_execution_mode = "cache"
nb_execution_cache_path = str(execution_cache(ROOT))
nb_execution_timeout = 120
nb_execution_show_tb = True
nb_output_stderr = "error"
nb_merge_streams = True
nb_mime_priority_overrides = [("text", "image/svg+xml", 0)]  # a figure is one in plain text too
nb_render_markdown_format = "gfm"  # with tables
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"
bookkit_digest = execution_digest(ROOT)

# References.
bibtex_bibfiles = ["book/references.bib"]
bibtex_default_style = "plain"
bibtex_reference_style = "author_year"
# Anchors that stay when an entry comes before: by key, not by count.
bibtex_bibliography_id = "bibliography"
bibtex_cite_id = "ref-{key}"

# The package.
autodoc_typehints = "none"  # numpydoc's sections say the types, with shapes and units
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
nitpick_ignore_regex = [
    # There is no inventory of these projects offline; the names are shown as code.
    (r"py:.*", r"(numpy|matplotlib|scipy|sympy|collections|typing|pathlib)\..*"),
]

# Pages.
html_theme = "furo"
html_title = project
html_math_renderer = "mathml"
html_static_path = ["book/static"]
html_css_files = ["explorables/explorables.css", "book.css"]
html_favicon = "book/static/icon.svg"
html_js_files = [
    f"{name}.js"
    for name in ("lazy", "drawers", "scroll", "previews", "figures", "tables", "print", "copy")
]
html_baseurl = os.environ.get("BOOK_BASE_URL", "")  # where a published copy will be read
bookkit_moved: dict[str, str] = {}  # old name of a page: the page that is there now
html_copy_source = False
html_domain_indices = False  # the index has every name of theirs
html_show_sourcelink = False
html_theme_options = {
    "top_of_page_buttons": [],
    "light_css_variables": {"color-brand-primary": "#0b5f94", "color-brand-content": "#0b5f94"},
    "dark_css_variables": {"color-brand-primary": "#7cc4f5", "color-brand-content": "#7cc4f5"},
}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

# Paper.
latex_engine = "lualatex"
latex_use_xindy = False
latex_domain_indices = False  # the list of theorems and the index say it better
latex_table_style = ["booktabs"]
latex_documents = [("index", "book.tex", project, author.replace("&", r"\&"), "manual")]
latex_additional_files = ["book/paper/dlnotes.sty"]
latex_elements = {
    "papersize": "a4paper",
    "pointsize": "10pt",
    "extraclassoptions": "oneside,openany",
    "fontpkg": r"""
\usepackage{fontspec}
\usepackage[math-style=ISO]{unicode-math}
\setmainfont{TeX Gyre Pagella}
\setsansfont{TeX Gyre Heros}
\setmathfont{TeX Gyre Pagella Math}
\setmonofont[Scale=0.82]{DejaVu Sans Mono}
""",
    "fncychap": "",
    "fvset": r"\fvset{fontsize=\footnotesize}",
    "sphinxsetup": r"""TitleColor={HTML}{0B5F94}, HeaderFamily=\rmfamily\bfseries,
InnerLinkColor={HTML}{0B5F94}, OuterLinkColor={HTML}{0B5F94}, VerbatimColor={HTML}{F6F7F8},
verbatimwithframe=false, pre_border-radius=1pt, pre_padding=4pt,
hmargin=28mm, vmargin={24mm,28mm}""",
    "preamble": r"""
\usepackage{dlnotes}
\setcounter{tocdepth}{1}
\hypersetup{bookmarksopen, bookmarksopenlevel=0, bookmarksdepth=2, bookmarksnumbered,
  pdfdisplaydoctitle, pdflang=en-GB}
"""
    # The cover is our own, so the names that Sphinx's would give to the file are given here.
    + rf"\hypersetup{{pdftitle={{{project}}}, pdfauthor={{{author}}},"
    + rf" pdfsubject={{{bookkit_subject}}}, pdfkeywords={{{bookkit_keywords}}}}}",
    "maketitle": rf"\bookcover{{{release}}}{{{copyright}}}",
    "tableofcontents": r"\bookcontents",
}
