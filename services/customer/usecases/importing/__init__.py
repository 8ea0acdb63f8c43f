"""Imports: from a file to rows (`reading`), from rows to records (`applying`), and back (`undoing`); `works` has the steps."""
