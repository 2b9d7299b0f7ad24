"""What ``kbn-schema demo`` tells of the demo, in chapters: its source, its answers, its types, its contract.

* `tell` tells it all; `chapters` are what it is made of, each of which knows what has to come of it;
* `source` reads the source as it is installed, and `edits` makes changes in it;
* `requests` sends the steps, `checkers` asks a type checker, `recorded` is what two of them answered once,
  and `contracts` compares the contract with the one after a change.
"""
