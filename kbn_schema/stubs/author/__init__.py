"""What the author wrote about types, compared with what there is to write.

* `drift` lists what is missing or wrong: `audit` finds it for variables, `inline` for the blocks of routes,
  and `handlers` for the requests that handlers name; `declarations` tells which route is declared where;
* `scope` and `annotations` read what names mean, `comparison` says whether that is right, and `inference`
  whether checkers need it at all;
* `annotate` writes what is `wanted`, by `edits` and `late_imports`, and `layouts` a stub instead.
"""
