"""This package holds the rules, one family in each file; `RULES` of each is what the catalogue takes."""
