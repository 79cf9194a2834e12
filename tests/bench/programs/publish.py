"""docutils on a document that is made up here.

SPDX-License-Identifier: MIT
"""
import sys
import time

import docutils.core

SECTION = """
Section {n}
===========

Text with *emphasis*, **weight**, ``code`` and a `link {n} <https://example.org/{n}>`_.

- a list

  1. with a list of {n}

=====  =====  ======
  A      B    A or B
=====  =====  ======
False  True   {n}
=====  =====  ======

:field: of a list
"""

settings = {"output_encoding": "unicode", "report_level": 5, "_disable_config": True, "datestamp": None,
            "embed_stylesheet": False, "stylesheet_path": ""}
sections = int(sys.argv[1]) if len(sys.argv) > 1 else 40
text = "A document\n##########\n" + "".join(SECTION.format(n=n) for n in range(sections))
started = time.perf_counter()
html = docutils.core.publish_string(text, writer_name="html4css1", settings_overrides=settings)
print("seconds", time.perf_counter() - started, len(html))
