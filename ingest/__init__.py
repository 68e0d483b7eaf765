"""Ingest: from files in a folder to an index that answers."""
