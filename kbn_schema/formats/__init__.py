"""Recognise and read formatted text: addresses, host names, URIs, e-mail, dates, UUIDs.

One file per format; each kind imports its own. Nothing here knows what a schema is.
Every function takes any `str` whatever is in it, raises nothing, and takes time linear in its length.
"""
