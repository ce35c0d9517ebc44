"""The only door to python-docx: agreements as Word documents. Frozen rows in, bytes out."""

from exports.document.agreement import WORD, document_file_name, word_document

__all__ = ["WORD", "document_file_name", "word_document"]
