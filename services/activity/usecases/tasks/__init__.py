"""Tasks 任务: opened, given, done, followed up, and told of where they are late."""
