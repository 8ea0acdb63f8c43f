"""Calendars 日程: appointments and series, what stands in them, reminders, subscriptions, imports, the bank's own days."""
