"""Keys and signatures: who approved what, checkable offline."""
