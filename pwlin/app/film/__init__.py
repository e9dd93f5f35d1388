"""Training as a moving picture: GIF files, and pages with a slider; see `animate`."""

from pwlin.app.film.movie import animate

__all__ = ["animate"]
