"""Reports of work: counted from the trace, commented, handed in, confirmed; and the plans by which work is measured."""
