"""What becomes of a notification: it is shown and read, streamed when it is due, mailed in a digest, and forgotten one day."""
