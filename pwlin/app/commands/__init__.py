"""The subcommands of `pwlin`: each module has ``add_parser(commands)`` and ``run(options)``.

`arguments` reads single arguments and holds the options that several commands share, `results` prints and writes.
"""
