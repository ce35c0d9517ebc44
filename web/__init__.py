"""Flask: turns HTTP into commands and rows into pages."""
