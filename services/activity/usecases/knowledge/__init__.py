"""The knowledge base 知识库: written, published, found, read, and learnt."""
