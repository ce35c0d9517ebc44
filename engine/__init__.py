"""Runs processes and keeps the registers; knows no HTTP, HTML or Excel."""
