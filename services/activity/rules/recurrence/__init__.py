"""What recurs, as RFC 5545 has it: rules, their days within a window, and series with what was added and taken out.

`python-dateutil` has rules too, and the tests hold these against it. It walks from a series' start until something matches, and
where nothing ever does, to the year 9999: a rule that somebody sends would decide how long a request takes. Here a window is
walked and nothing beside it, whatever the rule.
"""
