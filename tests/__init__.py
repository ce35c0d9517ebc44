"""Proof that the product works; mirrors the tree, plus models/, packs/ and browser/."""
