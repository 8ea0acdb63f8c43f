"""What a person may ask about the person's own data: a copy of it (`copying`), and its erasure (`erasing`)."""
