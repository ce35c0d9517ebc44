"""Forms: a JSON Schema becomes fields on a page, and what is posted becomes JSON values again.

`rendering.build` makes the fields that the macros in templates/components/form.html draw; `parsing.parse` goes the
other way. Whether the values are right is the engine's business (engine.forms); nothing here knows Flask.
"""
