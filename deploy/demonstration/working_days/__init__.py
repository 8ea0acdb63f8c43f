"""What the demonstration bank's relationship managers did in two years: contacts, sales, and what customers said of the bank.

It follows from the seed and from the books' truth about who leaves, and goes in by the front door, as history of another system.
"""
