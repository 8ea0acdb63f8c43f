"""Campaigns 营销活动: written, given out in portions, counted, and ended."""
