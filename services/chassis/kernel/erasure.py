"""What an erasure by law leaves."""

# What stands where the name of somebody was whose data is erased.
ERASED_NAME = "已删除 erased"
