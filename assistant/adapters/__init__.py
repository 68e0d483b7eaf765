"""Wenju inside other people's frameworks, one file each."""
