"""Follows the bank's personnel system 人力资源: its units and people, as the datasets have them that integration publishes."""
