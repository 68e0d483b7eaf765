"""Cleaners, one file per kind of noise; `stages` puts them in order."""
