"""What the commands, and `report` from Python, say about a network: tables, an explanation, pictures, CSV files and a page for the browser.

`report` is what all reports share; `line` and `cells` know about networks of one input and of several. Nothing here trains,
extracts or reads arguments; findings go in, and text, bytes and files come out.
"""
