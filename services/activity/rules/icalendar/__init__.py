"""iCalendar files (RFC 5545): written for subscriptions, and read from whoever made them."""
