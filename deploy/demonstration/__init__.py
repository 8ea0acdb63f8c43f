"""The demonstration bank: made up from a seed, the same wherever and whenever it is made, at any size.

Every number is built to be well formed and no more: where one matches a real person or firm, it does so by chance.
"""
