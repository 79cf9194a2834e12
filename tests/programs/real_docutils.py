"""Turns a document that it makes up into HTML with docutils."""
import os
import sys

import docutils.core

SECTION = """
Section {n}
===========

Text with *emphasis*, **weight**, ``code``, a `link {n} <https://example.org/{n}>`_, a footnote [#]_ and
a reference to `Section {n}`_.

.. [#] The footnote of section {n}.

- a list

  1. with a list of {n}
  2. in it

- and a |word|

.. |word{n}| replace:: substitution {n}

=====  =====  ======
  A      B    A or B
=====  =====  ======
False  True   {n}
True   True   True
=====  =====  ======

.. note:: A note with a literal block::

       def function_{n}(x):
           return x + {n}

:field: of a list
:other: field {n}

term
   definition {n}
"""


def document(sections):
    title = "A document\n##########\n\n.. |word| replace:: substituted word\n"
    return title + "".join(SECTION.format(n=n) for n in range(sections))


settings = {"output_encoding": "unicode", "report_level": 5, "file_insertion_enabled": False, "_disable_config": True,
            "datestamp": None, "embed_stylesheet": False, "stylesheet_path": ""}
html = docutils.core.publish_string(document(int(sys.argv[1]) if len(sys.argv) > 1 else 10),
                                    writer_name="html4css1", settings_overrides=settings)
print(len(html), html.count("<li>"))
os._exit(0)  # what follows the end of __main__ is not compared
