"""The bank's systems as they deliver: the books written as files, each as the feed's own TOML describes it."""
