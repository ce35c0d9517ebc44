"""The subjects that people work with, one module each: rows become pages, and what is posted becomes commands."""
