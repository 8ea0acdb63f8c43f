"""What a service keeps of the bank's people, units and customers: replicas that the owners' events fill, and nothing else writes.

A service declares its tables by deriving from the classes in `tables`, follows the events by the subscriptions of `people` and
`customers`, and looks people and customers up within the caller's scope by `directory`.
"""
