"""Workbooks and CSV: rows in, bytes out."""
