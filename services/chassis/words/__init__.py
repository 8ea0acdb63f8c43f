"""Words of Chinese and Latin texts: folded, read, taken apart, and as the tokens by which both databases find them."""
