"""What the command says about a network: tables, an explanation, pictures, CSV files and a page for the browser.

`line` is for networks of one input. Nothing here trains, extracts or reads arguments; findings go in and text, bytes and
files come out.
"""
